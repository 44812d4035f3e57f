package dev.muster.gemini

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.error.ProviderException
import dev.muster.error.StreamTruncatedException
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.io.IOException

/** A response ends with its body, and never before a finish reason. */
class EndsTest : Wired() {
    private val thought = """{"text":"let me see","thought":true}"""
    private val call = """{"functionCall":{"id":"c1","name":"tide","args":{"port":"Brest"}}}"""

    @Test
    fun `a finish reason on each piece, or before the last one, ends nothing`() = blocking {
        val calls = listOf(ToolCall("c1", "tide", """{"port":"Brest"}"""))
        val rows =
            listOf(
                Row(answer(text("High ")), answer(text("water")), answer(text(" at six")), text = "High water at six"),
                Row(answer(thought), answer(text("At six")), text = "At six"),
                Row(answer(text("")), answer(text("At six")), text = "At six"),
                Row(answer(""), answer(text("At ")), answer(text("six"), null), text = "At six"),
                Row(answer(text("I look.")), answer(call), text = "I look.", calls = calls),
                Row(answer(call), answer(text("I look.")), text = "I look.", calls = calls),
                Row(answer(text("At")), answer(text(" six"), "MAX_TOKENS"), text = "At six", raw = "MAX_TOKENS"),
                Row(answer(text("At"), "MAX_TOKENS"), answer(text("")), text = "At", raw = "MAX_TOKENS"),
            )
        rows.forEach { row ->
            val response = streamed(*row.events)
            assertEquals(row.text, response.text)
            assertEquals(row.calls, response.toolCalls)
            assertEquals(row.raw, response.rawFinishReason)
            assertEquals(row.finish, response.finishReason)
        }
    }

    @Test
    fun `what stands behind the finish reason counts, as usage and as an error`() = blocking {
        val usage = """{"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":2,"totalTokenCount":6}}"""
        val response = streamed(answer(text("six")), usage)
        assertEquals(6L, response.usage?.totalTokens)
        val error = """{"error":{"code":503,"message":"gone","status":"UNAVAILABLE"}}"""
        val failed = failure { streamed(answer(text("six")), error) }
        assertEquals(ProviderException::class.java, failed.javaClass)
        assertEquals("six", failed.partialText)
    }

    @Test
    fun `a connection that breaks behind the finish reason has brought a whole answer`() = blocking {
        val finished = sse(answer(text("At "), null)) + sse(answer(text("six")))
        assertEquals("At six", ending(finished) { throw IOException("broken") }.text)
        assertEquals("At six", ending(finished + "data: {\"cand") { throw IOException("broken") }.text)
        val unfinished = failure { ending(sse(answer(text("At "), null))) { throw IOException("broken") } }
        assertEquals(StreamTruncatedException::class.java, unfinished.javaClass)
        assertEquals("At ", unfinished.partialText)
    }

    @Test
    fun `a list of pieces, as it comes without events, is one answer`() = blocking {
        val pieces = listOf(answer(text("At "), null), answer(text("six"), null), answer(call))
        val whole = whole(pieces.toString())
        listOf(whole, streamed(pieces.toString())).forEach {
            assertEquals("At six", it.text)
            assertEquals(1, it.toolCalls.size)
            assertEquals(FinishReason.TOOL_CALLS, it.finishReason)
        }
    }

    @Test
    fun `nothing but a finish reason of another candidate ends the first`() {
        val events = arrayOf(answer(text("At six"), null), """{"candidates":[{"index":"1","finishReason":"STOP"}]}""")
        assertThrows(StreamTruncatedException::class.java) { blocking { streamed(*events) } }
    }

    /** The end of a stream of [body] that is followed by [then]. */
    private suspend fun ending(body: String, then: suspend () -> Nothing): ChatResponse {
        val model = model(transport = ScriptedTransport(body, then))
        return (model.stream("When?").toList().last() as ChatEvent.Finished).response
    }

    private fun sse(event: String) = "data: $event\n\n"

    private class Row(
        vararg val events: String,
        val text: String,
        val calls: List<ToolCall> = emptyList(),
        val raw: String = "STOP",
    ) {
        val finish: FinishReason = when {
            raw == "MAX_TOKENS" -> FinishReason.LENGTH
            calls.isNotEmpty() -> FinishReason.TOOL_CALLS
            else -> FinishReason.STOP
        }
    }
}
