package dev.muster.agent

import dev.muster.ScriptedProvider
import dev.muster.agent.ToolScript.Companion.call
import dev.muster.agent.internal.ToolRunner
import dev.muster.chat.ChatResponse
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.test.runTest
import kotlinx.serialization.KSerializer
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.PrimitiveSerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertAll
import org.junit.jupiter.api.assertThrows
import java.time.LocalDate
import java.util.concurrent.CancellationException
import kotlin.coroutines.EmptyCoroutineContext

/** What a type itself refuses is a fault of the answer, whatever it throws and whoever wraps it. */
class TypeChecksTest {
    private val checked = outputType<Checked>()
    private val read = outputType<Reading>()

    /** What is thrown, and what the model is told of it. */
    private val failures = mapOf<String, () -> Any?>(
        "no soup" to { require(false) { "no soup" } },
        "half done" to { check(false) { "half done" } },
        "Text 'soon' could not be parsed at index 0" to { LocalDate.parse("soon") },
        "Index 3 out of bounds for length 2" to { listOf(1, 2)[3] },
        "Index: 3, size: 0" to { throw IndexOutOfBoundsException("Index: 3, size: 0") },
        "For input string: \"four\"" to { "four".toInt() },
        "/ by zero" to { 1 / "0".toInt() },
        "nothing of the kind" to { throw NoSuchElementException("nothing of the kind") },
        "not here" to { throw UnsupportedOperationException("not here") },
        "NullPointerException" to { throw NullPointerException() },
        "odd word" to { throw SerializationException("odd word") },
        "wrapped" to { throw IllegalArgumentException("wrapped", SerializationException("inner")) },
    )

    @Test
    fun `C9 whatever a type's check or its serializer throws is a fault that the model is told`() = assertAll(
        failures.keys.flatMap { why -> listOf(checked to why, read to why) }.map { (type, why) ->
            {
                val fault = withFailure(why) { assertThrows<IllegalArgumentException> { type.decode(ANSWER) } }
                assertTrue(why in fault.message!!.substringBefore('\n'), "$type: ${fault.message}")
                assertTrue("Deserialization failed" !in fault.message!! || why == "odd word", fault.message)
            }
        },
    )

    @Test
    fun `C9 an answer that its type refuses is asked for again`() = runTest {
        val answers = ArrayDeque(listOf(ANSWER, ANSWER))
        val provider = ScriptedProvider(
            onChat = {
                val answer = answers.removeFirst()
                if (answers.isEmpty()) failing = null
                ChatResponse.builder().text(answer)
            },
        )
        val model = provider.client { retry(RetryPolicy.NONE) }.model("scripted::m")
        failing = { LocalDate.parse("soon") }
        assertEquals("x", model.returning(checked).ask("When?").word)
        assertTrue("could not be parsed at index 0" in provider.requests[1].messages.last().text)
    }

    @Test
    fun `C3 arguments that their type refuses are told as arguments that are not valid`() = runTest {
        val tool = tool("t", "") { it: Checked -> it.word }
        failures.keys.forEach { why ->
            val run = withFailure(why) {
                ToolRunner(listOf(tool), null).run(call("c", "t", ANSWER), 1, EmptyCoroutineContext)
            }
            assertTrue(run.isError, why)
            assertTrue(run.result.startsWith("The arguments are not valid: ") && why in run.result, run.result)
        }
    }

    @Test
    fun `C9 cancellation and errors of a type's check pass`() {
        listOf(checked, read).forEach { type ->
            failing = { throw CancellationException("stop") }
            assertThrows<CancellationException> { type.decode(ANSWER) }
            failing = { throw AssertionError("broken") }
            assertThrows<AssertionError> { type.decode(ANSWER) }
        }
        failing = null
    }

    @Test
    fun `C9 what a reading of one's own throws is told, but for a state in which no answer would do`() {
        val own = OutputType.of("own", mapOf("type" to "string")) { failing?.invoke() }
        failing = { LocalDate.parse("soon") }
        val fault = assertThrows<IllegalArgumentException> { own.decode("\"x\"") }
        assertEquals("Text 'soon' could not be parsed at index 0", fault.message)
        failing = { error("no dictionary") }
        assertThrows<IllegalStateException> { own.decode("\"x\"") }
        failing = null
    }

    private inline fun <T> withFailure(why: String, block: () -> T): T {
        failing = failures.getValue(why)
        return block().also { failing = null }
    }

    @Serializable
    class Checked(val word: String) {
        init {
            failing?.invoke()
        }
    }

    @Serializable
    class Reading(@Serializable(Failing::class) val word: String)

    object Failing : KSerializer<String> {
        override val descriptor = PrimitiveSerialDescriptor("failing", PrimitiveKind.STRING)

        override fun deserialize(decoder: Decoder): String = decoder.decodeString().also { failing?.invoke() }

        override fun serialize(encoder: Encoder, value: String) = encoder.encodeString(value)
    }

    private companion object {
        const val ANSWER = """{"word":"x"}"""

        var failing: (() -> Any?)? = null
    }
}
