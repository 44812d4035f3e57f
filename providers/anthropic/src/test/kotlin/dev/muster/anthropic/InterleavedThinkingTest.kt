package dev.muster.anthropic

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.Message
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.last
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.security.MessageDigest
import java.util.Base64

/** A22: thinking between text and calls is sent back at its original position. */
class InterleavedThinkingTest : Wired() {
    private val blocks =
        listOf(
            thinking("one"),
            """{"type":"text","text":"First: é😀"}""",
            thinking(""),
            """{"type":"redacted_thinking","data":"ZGF0YQ=="}""",
            """{"type":"text","text":"then"}""",
            """{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}""",
            """{"type":"redacted_thinking","data":"bW9yZQ=="}""",
            """{"type":"tool_use","id":"t2","name":"f","input":{}}""",
            thinking("four"),
        )

    /** A block with the signature of the fake server, which refuses any other. */
    private fun thinking(text: String): String {
        val digest = MessageDigest.getInstance("SHA-256").digest(text.toByteArray())
        val signature = Base64.getEncoder().encodeToString("fake signature ".toByteArray() + digest)
        return """{"type":"thinking","thinking":"$text","signature":"$signature"}"""
    }

    private suspend fun whole(): ChatResponse {
        val usage = """"usage":{"input_tokens":1,"output_tokens":1}"""
        val content = blocks.joinToString(",")
        server.otherwise(
            FakeReply.raw("""{"id":"m","model":"m","content":[$content],"stop_reason":"tool_use",$usage}"""),
        )
        return model().chat(ChatRequest.of("q"))
    }

    /** Texts in two pieces, of which the second is read by the text frame without decoding. */
    private suspend fun streamed(): ChatResponse {
        val events = mutableListOf("""{"type":"message_start","message":{"id":"m","model":"m"}}""")
        blocks.forEachIndexed { at, block ->
            val delta = { fields: String -> """{"type":"content_block_delta","index":$at,"delta":{$fields}}""" }
            val text = Regex("\"text\":\"([^\"]+)\"").find(block)?.groupValues?.get(1)
            val begun = if (text == null) block else """{"type":"text","text":""}"""
            events += """{"type":"content_block_start","index":$at,"content_block":$begun}"""
            text?.chunked(1)?.let(::joinSurrogates)?.forEach {
                events += delta(""""type":"text_delta","text":"$it"""")
            }
            events += """{"type":"content_block_stop","index":$at}"""
        }
        events += """{"type":"message_delta","delta":{"stop_reason":"tool_use"}}"""
        events += """{"type":"message_stop"}"""
        server.otherwise(FakeReply.raw(200, "text/event-stream", events.joinToString("") { "data: $it\n\n" }))
        return (model().stream(ChatRequest.of("q")).last() as ChatEvent.Finished).response
    }

    private fun joinSurrogates(chars: List<String>): List<String> = chars.fold(emptyList()) { done, char ->
        if (char.single().isLowSurrogate()) done.dropLast(1) + (done.last() + char) else done + char
    }

    private suspend fun sentBack(message: Message): List<String> {
        server.otherwise(FakeReply.text("done"))
        val request = ChatRequest {
            user("q")
            message(message)
            message.toolCalls.forEach { message(Message.tool(it.id, "r")) }
            if (message.toolCalls.isEmpty()) user("and?")
        }
        model().chat(request)
        val seen = server.requests.last()
        assertEquals(null, seen.rejection)
        return generateSequence(0) { it + 1 }
            .map { seen.field("/messages/1/content/$it") }
            .takeWhile { it != null }
            .map { it!! }
            .toList()
    }

    @Test
    fun `A22 thinking goes back in its place among text and calls, with its signature`() = blocking {
        listOf(whole(), streamed()).forEach { response ->
            assertEquals("First: é😀then", response.text)
            assertEquals(listOf("t1", "t2"), response.toolCalls.map { it.id })
            assertEquals(blocks, sentBack(response.toMessage()))
        }
    }

    @Test
    fun `A22 a message that was shortened keeps its thinking, in order`() = blocking {
        val response = whole()
        val shorter = Message.assistant(response.reasoningParts + Message.user("Fi").content, emptyList())
        val expected = listOf(0, 2, 3, 6, 8).map { blocks[it] }.toMutableList()
        expected.add(1, """{"type":"text","text":"Fi"}""")
        assertEquals(expected, sentBack(shorter))
    }

    @Test
    fun `A23 the mark for the cache stands on the last block that is no thinking`() = blocking {
        val marked = sentBack(whole().toMessage().cached()).map { "cache_control" in it }
        assertEquals(blocks.indices.map { it == 7 }, marked)
    }
}
