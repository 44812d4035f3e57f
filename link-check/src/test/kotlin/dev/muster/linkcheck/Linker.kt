package dev.muster.linkcheck

import org.objectweb.asm.ClassReader
import org.objectweb.asm.ClassVisitor
import org.objectweb.asm.ConstantDynamic
import org.objectweb.asm.FieldVisitor
import org.objectweb.asm.Handle
import org.objectweb.asm.Label
import org.objectweb.asm.MethodVisitor
import org.objectweb.asm.Opcodes
import org.objectweb.asm.Type
import java.io.File

/**
 * Finds what a JVM would miss when it links classes with [libraries]: classes, methods and fields that they refer to,
 * and methods that their supertypes leave abstract. Names outside of [packages] are not checked. Neither are
 * annotations, which a JVM ignores if they are missing.
 */
internal class Linker(libraries: Collection<File>, private val packages: List<String>) {
    private val index = ClassIndex(libraries)
    private val problems = sortedSetOf<String>()

    /** Returns each problem of the classes in [jars] as a line, with one class that has it. */
    fun problemsOf(jars: Collection<File>): List<String> =
        problemsIn(buildList { jars.forEach { jar -> eachClass(jar) { add(it) } } })

    fun problemsIn(classes: List<ByteArray>): List<String> {
        classes.forEach { index.add(it) }
        val found = LinkedHashMap<String, String>()
        classes.forEach { bytes ->
            val reader = ClassReader(bytes)
            problems.clear()
            reader.accept(References(), ClassReader.SKIP_DEBUG or ClassReader.SKIP_FRAMES)
            index.find(reader.className)?.let(::checkIsWhole)
            problems.forEach { found.putIfAbsent(it, reader.className) }
        }
        return found.map { (problem, user) -> "$problem, used by $user" }.sorted()
    }

    private fun isChecked(name: String) = packages.any(name::startsWith)

    private fun checkType(type: Type) {
        when (type.sort) {
            Type.ARRAY -> checkType(type.elementType)

            Type.METHOD -> (type.argumentTypes.asList() + type.returnType).forEach(::checkType)

            Type.OBJECT ->
                if (isChecked(type.internalName) && index.find(type.internalName) == null) {
                    problems += "No class ${type.internalName}"
                }
        }
    }

    /** If [owner] and all its supertypes are known and none has the [member], it is missing. */
    private fun checkMember(
        kind: String,
        owner: String,
        member: String,
        static: Boolean,
        members: ClassInfo.() -> Map<String, Int>,
    ) {
        if (owner.startsWith("[")) return
        checkType(Type.getObjectType(owner))
        val lineage = index.lineage(owner)
        val access = lineage.filterNotNull().firstNotNullOfOrNull { it.members()[member] }
        when {
            access == null -> if (null !in lineage &&
                lineage.any { isChecked(it!!.name) }
            ) {
                problems += "No $kind $owner.$member"
            }

            access.has(Opcodes.ACC_STATIC) != static -> problems += "Static or not has changed: $kind $owner.$member"
        }
    }

    private fun checkMethod(owner: String, method: String, static: Boolean, ofInterface: Boolean) {
        checkMember("method", owner, method, static, ClassInfo::methods)
        val found = index.find(owner)
        if (found != null && isChecked(owner) && found.isInterface != ofInterface) {
            problems += "Interface or class has changed: $owner"
        }
    }

    /** Checks the target of `super.f()`: an older interface may have an abstract method where a newer has a default. */
    private fun checkHasBody(owner: String, method: String) {
        val access = index.lineage(owner).firstNotNullOfOrNull { it?.methods?.get(method) }
        if (isChecked(owner) && access != null &&
            access has Opcodes.ACC_ABSTRACT
        ) {
            problems += "Abstract: method $owner.$method"
        }
    }

    private fun checkHandle(handle: Handle) {
        if (handle.tag <= Opcodes.H_PUTSTATIC) {
            val static = handle.tag == Opcodes.H_GETSTATIC || handle.tag == Opcodes.H_PUTSTATIC
            checkMember("field", handle.owner, "${handle.name}:${handle.desc}", static, ClassInfo::fields)
        } else {
            checkMethod(
                handle.owner,
                handle.name + handle.desc,
                handle.tag == Opcodes.H_INVOKESTATIC,
                handle.isInterface,
            )
        }
    }

    private fun checkConstant(value: Any?) {
        when (value) {
            is Type -> checkType(value)

            is Handle -> checkHandle(value)

            is ConstantDynamic -> {
                checkHandle(value.bootstrapMethod)
                repeat(value.bootstrapMethodArgumentCount) { checkConstant(value.getBootstrapMethodArgument(it)) }
            }
        }
    }

    /** A class that can be instantiated must implement all methods that the libraries leave abstract. */
    private fun checkIsWhole(type: ClassInfo) {
        if (type.access has Opcodes.ACC_ABSTRACT) return
        val lineage = index.lineage(type.name)
        if (null in lineage) return
        val written = lineage.flatMap { info ->
            info!!.methods.filterValues { !it.has(Opcodes.ACC_ABSTRACT) }.keys
        }.toSet()
        lineage.filter { isChecked(it!!.name) }.forEach { info ->
            val open = info!!.methods.filterValues { it has Opcodes.ACC_ABSTRACT }.keys - written
            open.forEach { problems += "Not implemented: ${info.name}.$it" }
        }
    }

    private inner class References : ClassVisitor(Opcodes.ASM9) {
        override fun visit(v: Int, access: Int, name: String, s: String?, parent: String?, interfaces: Array<String>?) =
            (listOfNotNull(parent) + interfaces.orEmpty()).forEach { checkType(Type.getObjectType(it)) }

        override fun visitField(a: Int, name: String, type: String, s: String?, value: Any?): FieldVisitor? {
            checkType(Type.getType(type))
            return null
        }

        override fun visitMethod(
            a: Int,
            name: String,
            type: String,
            s: String?,
            thrown: Array<String>?,
        ): MethodVisitor {
            checkType(Type.getMethodType(type))
            thrown?.forEach { checkType(Type.getObjectType(it)) }
            return Code()
        }
    }

    private inner class Code : MethodVisitor(Opcodes.ASM9) {
        override fun visitTypeInsn(opcode: Int, type: String) = checkType(Type.getObjectType(type))

        override fun visitFieldInsn(opcode: Int, owner: String, name: String, type: String) {
            val static = opcode == Opcodes.GETSTATIC || opcode == Opcodes.PUTSTATIC
            checkMember("field", owner, "$name:$type", static, ClassInfo::fields)
        }

        override fun visitMethodInsn(opcode: Int, owner: String, name: String, type: String, ofInterface: Boolean) {
            checkType(Type.getMethodType(type))
            checkMethod(owner, name + type, opcode == Opcodes.INVOKESTATIC, ofInterface)
            if (opcode == Opcodes.INVOKESPECIAL) checkHasBody(owner, name + type)
        }

        override fun visitInvokeDynamicInsn(name: String, type: String, bootstrap: Handle, vararg arguments: Any?) {
            checkType(Type.getMethodType(type))
            checkHandle(bootstrap)
            arguments.forEach(::checkConstant)
        }

        override fun visitLdcInsn(value: Any?) = checkConstant(value)

        override fun visitMultiANewArrayInsn(type: String, dimensions: Int) = checkType(Type.getType(type))

        override fun visitTryCatchBlock(start: Label, end: Label, handler: Label, type: String?) {
            type?.let { checkType(Type.getObjectType(it)) }
        }
    }
}
