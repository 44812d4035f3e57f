package dev.muster.linkcheck

import kotlinx.coroutines.CancellableContinuation
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.objectweb.asm.ClassWriter
import org.objectweb.asm.Opcodes
import kotlin.uuid.ExperimentalUuidApi
import kotlin.uuid.Uuid

/** Checks that [Linker] reports what is missing. Each class here links with the newest libraries only, or with none. */
class LinkerTest {
    @Test
    fun `a method that the floor lacks is named with who calls it`() {
        val missing = "No method kotlinx/coroutines/CancellableContinuation." +
            "resume(Ljava/lang/Object;Lkotlin/jvm/functions/Function3;)V"

        assertEquals(
            listOf("$missing, used by ${CallsNewMethod::class.internalName}"),
            problems("floor", CallsNewMethod::class.bytes),
        )
        assertEquals(emptyList<String>(), problems("newest", CallsNewMethod::class.bytes))
    }

    @Test
    fun `a class that the floor lacks is named with who uses it`() {
        val expected = listOf("kotlin/uuid/Uuid", "kotlin/uuid/Uuid\$Companion")
            .map { "No class $it, used by ${UsesNewClass::class.internalName}" }

        assertEquals(expected.toSet(), problems("floor", UsesNewClass::class.bytes).toSet())
        assertEquals(emptyList<String>(), problems("newest", UsesNewClass::class.bytes))
    }

    @Test
    fun `a method that the floor wants from its subclasses is named`() {
        val missing = "Not implemented: kotlinx/serialization/internal/GeneratedSerializer." +
            "typeParametersSerializers()[Lkotlinx/serialization/KSerializer;, used by Incomplete"
        val incomplete = written("Incomplete", "kotlinx/serialization/internal/GeneratedSerializer") {}

        assertEquals(listOf(missing), problems("floor", incomplete).filter { "typeParameters" in it })
        assertEquals(emptyList<String>(), problems("newest", incomplete).filter { "typeParameters" in it })
    }

    @Test
    fun `a default method that is abstract at the floor is named with who calls it as super`() {
        val generated = "kotlinx/serialization/internal/GeneratedSerializer"
        val serializers = "()[Lkotlinx/serialization/KSerializer;"
        val delegating = written("Delegating", generated) {
            visitMethod(Opcodes.ACC_PUBLIC, "typeParametersSerializers", serializers, null, null).apply {
                visitVarInsn(Opcodes.ALOAD, 0)
                visitMethodInsn(Opcodes.INVOKESPECIAL, generated, "typeParametersSerializers", serializers, true)
                visitInsn(Opcodes.ARETURN)
                visitMaxs(1, 1)
            }
        }

        val missing = "Abstract: method $generated.typeParametersSerializers$serializers, used by Delegating"
        assertEquals(listOf(missing), problems("floor", delegating).filter { "typeParameters" in it })
        assertEquals(emptyList<String>(), problems("newest", delegating).filter { "typeParameters" in it })
    }

    @Test
    fun `a field that nobody has and a method that is no longer static are named`() {
        val broken = written("Broken") {
            visitMethod(Opcodes.ACC_PUBLIC or Opcodes.ACC_STATIC, "run", "()V", null, null).apply {
                visitFieldInsn(Opcodes.GETSTATIC, "kotlin/Unit", "NONE", "Lkotlin/Unit;")
                visitMethodInsn(Opcodes.INVOKESTATIC, "kotlin/Unit", "toString", "()Ljava/lang/String;", false)
                visitInsn(Opcodes.RETURN)
                visitMaxs(2, 0)
            }
        }

        val expected = listOf(
            "No field kotlin/Unit.NONE:Lkotlin/Unit;, used by Broken",
            "Static or not has changed: method kotlin/Unit.toString()Ljava/lang/String;, used by Broken",
        )
        assertEquals(expected, problems("newest", broken))
    }

    private fun problems(classPath: String, bytes: ByteArray) =
        Linker(jarsIn("class-paths/$classPath"), LIBRARIES).problemsIn(listOf(bytes))

    private fun written(name: String, vararg interfaces: String, body: ClassWriter.() -> Unit): ByteArray =
        ClassWriter(0).apply {
            visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name, null, "java/lang/Object", interfaces)
            body()
            visitEnd()
        }.toByteArray()

    private val kotlin.reflect.KClass<*>.internalName get() = java.name.replace('.', '/')

    private val kotlin.reflect.KClass<*>.bytes
        get() = java.getResourceAsStream("/$internalName.class")!!.use { it.readBytes() }
}

@Suppress("unused")
private class CallsNewMethod {
    fun resume(continuation: CancellableContinuation<String>, undelivered: (Throwable, String, Any) -> Unit) =
        continuation.resume("", undelivered)
}

@Suppress("unused")
private class UsesNewClass {
    @OptIn(ExperimentalUuidApi::class)
    fun id(): String = Uuid.random().toString()
}
