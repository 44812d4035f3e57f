package dev.muster.anthropic

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Real responses of Anthropic, whole and streamed. */
class AnswersTest : Wired() {
    @Test
    fun `A18 A22 A23 every field of both ways is what was sent`() = blocking {
        server.otherwise(
            FakeReply.text(
                "The answer.",
            ).reasoning("Let me think").usage(100, 20, 60, 4).cacheCreation(30).model("m-1"),
        )
        val whole = model().chat(ChatRequest.of("hi"))
        val streamed = (model().stream("hi").toList().last() as ChatEvent.Finished).response
        listOf(whole to "req_fake_0", streamed to "req_fake_1").forEach { (response, requestId) ->
            assertEquals("The answer.", response.text)
            assertEquals("Let me think", response.reasoning)
            assertEquals(FinishReason.STOP, response.finishReason)
            assertEquals("end_turn", response.rawFinishReason)
            // On the wire: 10 new tokens, 30 written to the cache, 60 read from it.
            assertEquals(usageOf(100, 20, 60, 4, cacheWriteInputTokens = 30), response.usage)
            assertEquals("m-1", response.model)
            assertEquals(requestId, response.requestId)
        }
    }

    @Test
    fun `A18 every stop reason has its meaning and keeps its word`() = blocking {
        mapOf(
            "end_turn" to FinishReason.STOP,
            "stop_sequence" to FinishReason.STOP,
            "max_tokens" to FinishReason.LENGTH,
            "model_context_window_exceeded" to FinishReason.LENGTH,
            "tool_use" to FinishReason.TOOL_CALLS,
            "refusal" to FinishReason.CONTENT_FILTER,
            "pause_turn" to FinishReason.PAUSED,
            "tired" to FinishReason.OTHER,
        ).forEach { (raw, expected) ->
            val whole = whole("""{"content":[],"stop_reason":"$raw"}""")
            val streamed = streamed("""{"type":"message_delta","delta":{"stop_reason":"$raw"}}""", STOP)
            listOf(whole, streamed).forEach {
                assertEquals(expected, it.finishReason)
                assertEquals(raw, it.rawFinishReason)
            }
        }
        assertEquals(FinishReason.OTHER, whole("""{"content":[]}""").finishReason)
    }

    @Test
    fun `a refusal is an answer that the filter has ended`() = blocking {
        server.otherwise(FakeReply.refusal("I would rather not."))
        val whole = model().chat(ChatRequest.of("hi"))
        val streamed = (model().stream("hi").toList().last() as ChatEvent.Finished).response
        listOf(whole, streamed).forEach {
            assertEquals("I would rather not.", it.text)
            assertEquals(FinishReason.CONTENT_FILTER, it.finishReason)
        }
    }

    @Test
    fun `A18 blocks of every kind, known or not, are taken as they are`() = blocking {
        val response =
            whole(
                """{"id":"msg_1","x":{"y":[1]},"content":[""" +
                    """{"type":"redacted_thinking","data":"opaque"},""" +
                    """{"type":"thinking","thinking":"hm ","signature":"s"},{"type":"thinking","thinking":"ok"},""" +
                    """{"type":"text","text":"a","citations":null},""" +
                    """{"type":"server_tool_use","id":"s1","name":"web_search","input":{"query":"q"}},""" +
                    """{"type":"web_search_tool_result","tool_use_id":"s1","content":[{"title":"t"}]},""" +
                    """{"type":"text","text":"b"},{"type":"tomorrow","what":1},""" +
                    """{"type":"tool_use","id":"c1","name":"f","input":{"x":[1]},"caller":{"type":"direct"}},""" +
                    """{"type":"tool_use","id":"c2","name":"g","input":{}},""" +
                    """{"type":"tool_use","id":"c3","name":"h"}],""" +
                    """"stop_reason":"tool_use","stop_details":null,"usage":{"input_tokens":5,"output_tokens":2}}""",
            )
        assertEquals("ab", response.text)
        assertEquals("hm ok", response.reasoning)
        val signed = ContentPart.Reasoning("", "redacted_thinking:opaque", "anthropic")
        assertEquals(listOf(signed, reasoning("hm ", "s"), reasoning("ok", null)), response.reasoningParts)
        val calls = listOf(ToolCall("c1", "f", """{"x":[1]}"""), ToolCall("c2", "g", "{}"), ToolCall("c3", "h", "{}"))
        assertEquals(calls, response.toolCalls)
        assertEquals(usageOf(5, 2, null, null), response.usage)
        assertEquals("msg_1", response.requestId)
    }

    @Test
    fun `A15 A22 a stream of every kind of event and block is the same`() = blocking {
        val response =
            streamed(
                """{"type":"message_start","message":{"id":"msg_1","model":"m-1","content":[],"usage":""" +
                    """{"input_tokens":3,"cache_read_input_tokens":4,"cache_creation_input_tokens":5,""" +
                    """"output_tokens":1}}}""",
                """{"type":"ping"}""",
                start(0, """{"type":"redacted_thinking","data":"opaque"}"""),
                stop(0),
                start(1, """{"type":"thinking","thinking":"","signature":""}"""),
                delta(1, """{"type":"thinking_delta","thinking":"hm "}"""),
                delta(1, """{"type":"thinking_delta","thinking":"ok"}"""),
                delta(1, """{"type":"signature_delta","signature":"abc"}"""),
                stop(1),
                start(2, """{"type":"text","text":""}"""),
                delta(2, """{"type":"text_delta","text":"a"}"""),
                delta(2, """{"type":"citations_delta","citation":{"cited_text":"x"}}"""),
                delta(2, """{"type":"tomorrow_delta","what":{"x":1}}"""),
                """{"type":"tomorrow","x":[1]}""",
                delta(2, """{"type":"text_delta","text":"b"}"""),
                stop(2),
                """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}""",
                STOP,
            )
        assertEquals("ab", response.text)
        assertEquals("hm ok", response.reasoning)
        val signed =
            listOf(ContentPart.Reasoning("", "redacted_thinking:opaque", "anthropic"), reasoning("hm ok", "abc"))
        assertEquals(signed, response.reasoningParts)
        assertEquals(usageOf(12, 9, 4, cacheWriteInputTokens = 5), response.usage)
        assertEquals("m-1", response.model)
        assertEquals("msg_1", response.requestId)
        assertEquals(emptyList<ToolCall>(), response.toolCalls)
    }

    @Test
    fun `A22 thinking whose text is omitted is kept for its signature, and no reasoning is made of it`() = blocking {
        val block = """{"type":"thinking","thinking":"","signature":"abc"}"""
        val whole = whole("""{"content":[$block,{"type":"text","text":"x"}],"stop_reason":"end_turn"}""")
        val streamed =
            streamed(
                start(0, """{"type":"thinking","thinking":"","signature":""}"""),
                delta(0, """{"type":"signature_delta","signature":"abc"}"""),
                stop(0),
                start(1, """{"type":"text","text":"x"}"""),
                stop(1),
                STOP,
            )
        listOf(whole, streamed).forEach {
            assertEquals(null, it.reasoning)
            assertEquals(listOf(reasoning("", "abc")), it.reasoningParts)
            assertEquals("x", it.text)
        }
    }

    private fun reasoning(text: String, signature: String?) = ContentPart.Reasoning(text, signature, "anthropic")

    @Test
    fun `tool calls in a stream are told apart, and what the provider runs itself is none`() = blocking {
        val response =
            streamed(
                start(0, """{"type":"server_tool_use","id":"s1","name":"web_search","input":{}}"""),
                delta(0, """{"type":"input_json_delta","partial_json":"{\"query\":1}"}"""),
                stop(0),
                start(1, """{"type":"tool_use","id":"c1","name":"f","input":{}}"""),
                delta(1, """{"type":"input_json_delta","partial_json":""}"""),
                delta(1, """{"type":"input_json_delta","partial_json":"{\"x\""}"""),
                delta(1, """{"type":"input_json_delta","partial_json":":1}"}"""),
                stop(1),
                start(2, """{"type":"tool_use","id":"c2","name":"g","input":{}}"""),
                stop(2),
                start(3, """{"type":"tool_use","id":"c3","name":"h","input":{"y":2}}"""),
                stop(3),
                start(4, """{"type":"tool_use","id":"c4","name":"i","input":{"y":2}}"""),
                delta(4, """{"type":"input_json_delta","partial_json":"{\"z\":3}"}"""),
                stop(4),
                """{"type":"message_delta","delta":{"stop_reason":"tool_use"}}""",
                STOP,
            )
        assertEquals(
            listOf(
                ToolCall("c1", "f", """{"x":1}"""),
                ToolCall("c2", "g", "{}"),
                ToolCall("c3", "h", """{"y":2}"""),
                ToolCall("c4", "i", """{"z":3}"""),
            ),
            response.toolCalls,
        )
        assertEquals(FinishReason.TOOL_CALLS, response.finishReason)
    }

    private fun start(index: Int, block: String) =
        """{"type":"content_block_start","index":$index,"content_block":$block}"""

    private fun delta(index: Int, delta: String) = """{"type":"content_block_delta","index":$index,"delta":$delta}"""

    private fun stop(index: Int) = """{"type":"content_block_stop","index":$index}"""

    private companion object {
        const val STOP = """{"type":"message_stop"}"""
    }
}
