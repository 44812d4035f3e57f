package dev.muster.linkcheck

import org.objectweb.asm.ClassReader
import org.objectweb.asm.ClassVisitor
import org.objectweb.asm.FieldVisitor
import org.objectweb.asm.MethodVisitor
import org.objectweb.asm.Opcodes
import java.io.File
import java.io.InputStream
import java.util.zip.ZipFile

/** The declarations of a class that matter for linking. Names are internal names, with slashes. */
internal class ClassInfo(val name: String, val access: Int, val parents: List<String>) {
    /** Access flags by name and descriptor. */
    val methods = HashMap<String, Int>()
    val fields = HashMap<String, Int>()

    val isInterface get() = access has Opcodes.ACC_INTERFACE
}

internal infix fun Int.has(flag: Int) = this and flag != 0

/** The classes of some jars, and those of the JDK that this runs on. */
internal class ClassIndex(jars: Collection<File>) {
    private val classes = HashMap<String, ClassInfo?>()

    init {
        jars.forEach { jar -> eachClass(jar) { add(it) } }
    }

    fun add(bytes: ByteArray) = read(bytes).let { classes.putIfAbsent(it.name, it) }

    /** Returns the class called [name], or null if there is none. */
    fun find(name: String): ClassInfo? = classes.getOrPut(name) {
        val ofJdk = name.startsWith("java/") || name.startsWith("javax/")
        if (ofJdk) {
            ClassLoader.getPlatformClassLoader().getResourceAsStream("$name.class")?.let {
                read(it.bytes())
            }
        } else {
            null
        }
    }

    /** Returns [type] and all its supertypes, superclasses first. Null stands for a missing one. */
    fun lineage(type: String): List<ClassInfo?> {
        val seen = LinkedHashMap<String, ClassInfo?>()
        fun add(name: String) {
            if (name in seen) return
            seen[name] = find(name)
            seen[name]?.parents?.forEach(::add)
        }
        add(type)
        return seen.values.toList()
    }

    private fun read(bytes: ByteArray): ClassInfo {
        var info: ClassInfo? = null
        val visitor = object : ClassVisitor(Opcodes.ASM9) {
            override fun visit(
                v: Int,
                access: Int,
                name: String,
                s: String?,
                parent: String?,
                interfaces: Array<String>?,
            ) {
                info = ClassInfo(name, access, listOfNotNull(parent) + interfaces.orEmpty())
            }

            override fun visitMethod(
                a: Int,
                name: String,
                type: String,
                s: String?,
                e: Array<String>?,
            ): MethodVisitor? {
                info!!.methods[name + type] = a
                return null
            }

            override fun visitField(a: Int, name: String, type: String, s: String?, value: Any?): FieldVisitor? {
                info!!.fields["$name:$type"] = a
                return null
            }
        }
        ClassReader(bytes).accept(visitor, ClassReader.SKIP_CODE or ClassReader.SKIP_DEBUG or ClassReader.SKIP_FRAMES)
        return info!!
    }
}

private fun InputStream.bytes() = use { it.readBytes() }

/** Calls [use] with the bytes of every class in [jar]. */
internal fun eachClass(jar: File, use: (ByteArray) -> Unit) = ZipFile(jar).use { zip ->
    zip.entries().asSequence()
        .filter { it.name.endsWith(".class") && !it.name.startsWith("META-INF/") && it.name != "module-info.class" }
        .forEach { use(zip.getInputStream(it).bytes()) }
}
