package dev.muster.linkcheck

import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource
import org.objectweb.asm.ClassReader
import org.objectweb.asm.ClassVisitor
import org.objectweb.asm.FieldVisitor
import org.objectweb.asm.MethodVisitor
import org.objectweb.asm.Opcodes
import java.io.File

/**
 * Compares the public API of each published module with the dump in its `api` directory. Run with `-Dapi.update=true`
 * to rewrite the dumps.
 */
class PublicApiTest {
    @ParameterizedTest
    @MethodSource("published")
    fun publicApiIsAsItIsWrittenDown(artifact: String) {
        val module = FOLDERS.getValue(artifact)
        val now = buildString {
            AbiTools.getInstance(AbiTools::class.java.classLoader).printJvmDump(this, classes(module), API)
        }
        val dump = module.resolve("api/$artifact.api")
        if (System.getProperty("api.update").toBoolean()) {
            dump.parentFile.mkdirs()
            dump.writeText(now)
        }
        assertEquals(dump.readText(), now)
    }

    /** A mangled name is one that the Kotlin compiler makes for an internal member. */
    @ParameterizedTest
    @MethodSource("published")
    fun noMangledNameIsVisibleToJava(artifact: String) {
        val mangled = classes(FOLDERS.getValue(artifact)).flatMap { MangledNames(ClassReader(it.readBytes())).found }

        assertEquals(emptyList<String>(), mangled.sorted())
    }

    @Test
    fun eachDumpBelongsToAPublishedModule() {
        val dumps = File("..").walk().onEnter { it.name != "target" && it.name != "src" }
            .filter { it.parentFile?.name == "api" && it.extension == "api" }

        assertEquals(FOLDERS.keys, dumps.map { it.nameWithoutExtension }.toSet())
    }

    /** The members of one class that Java code can see, with a dollar sign in their names. */
    private class MangledNames(reader: ClassReader) : ClassVisitor(Opcodes.ASM9) {
        val found = mutableListOf<String>()
        private val type = reader.className.replace('/', '.')
        private var hidden = ".internal." in type

        init {
            reader.accept(this, ClassReader.SKIP_CODE or ClassReader.SKIP_DEBUG or ClassReader.SKIP_FRAMES)
        }

        override fun visit(
            version: Int,
            access: Int,
            name: String?,
            signature: String?,
            superName: String?,
            interfaces: Array<String>?,
        ) {
            if (!(access has Opcodes.ACC_PUBLIC) || access has Opcodes.ACC_SYNTHETIC) hidden = true
        }

        /** Called for a class inside a function only. */
        override fun visitOuterClass(owner: String?, name: String?, descriptor: String?) {
            hidden = true
        }

        override fun visitMethod(
            access: Int,
            name: String,
            descriptor: String?,
            signature: String?,
            exceptions: Array<String>?,
        ): MethodVisitor? {
            note(access, name)
            return null
        }

        override fun visitField(
            access: Int,
            name: String,
            descriptor: String?,
            signature: String?,
            value: Any?,
        ): FieldVisitor? {
            note(access, name)
            return null
        }

        private fun note(access: Int, name: String) {
            val visible = access has (Opcodes.ACC_PUBLIC or Opcodes.ACC_PROTECTED)
            if (!hidden && visible && !(access has Opcodes.ACC_SYNTHETIC) && '$' in name) found += "$type.$name"
        }
    }

    private companion object {
        val API = AbiFilters(emptySet(), setOf("dev.muster.**.internal.**"), emptySet(), emptySet())

        /** The directory of each published module, which are those of the BOM, by artifact. */
        val FOLDERS: Map<String, File> = run {
            val published = artifacts(File("../bom/pom.xml")).filter { it.startsWith("muster-") }.drop(2)
            val poms = File("..").walk().maxDepth(3).filter { it.name == "pom.xml" && "target" !in it.path }
            val folders = poms.associate { artifacts(it)[1] to it.parentFile }
            published.associateWith(folders::getValue)
        }

        /** The parent's artifact first, then the module's own, then those it depends on. */
        fun artifacts(pom: File): List<String> =
            Regex("<artifactId>(.*?)</artifactId>").findAll(pom.readText()).map { it.groupValues[1] }.toList()

        fun classes(module: File): List<File> =
            module.resolve("target/classes").walk().filter { it.extension == "class" }.toList()

        @JvmStatic
        fun published() = FOLDERS.keys
    }
}
