package dev.muster.openai

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.chat.Usage
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Real responses of the Responses API, whole and streamed. */
class ResponsesAnswersTest : ResponsesWired() {
    private suspend fun both(reply: FakeReply, check: (ChatResponse) -> Unit) {
        server.otherwise(reply)
        check(model().chat(ChatRequest.of("hi")))
        check((model().stream("hi").toList().last() as ChatEvent.Finished).response)
    }

    @Test
    fun `A18 A23 tokens read from the cache and written to it are told apart`() = blocking {
        both(FakeReply.text("x").usage(100, 20, 60, 4).cacheCreation(30)) {
            assertEquals(usageOf(100, 20, 60, 4, 120, 30), it.usage)
        }
    }

    @Test
    fun `A18 nulls, unknown items and fields and missing parts are taken as they are`() = blocking {
        val response =
            whole(
                """{"id":"resp_1","output":[{"type":"web_search_call","id":"ws","action":{"q":1}},""" +
                    """{"type":"reasoning","id":"rs","summary":[],"content":null},""" +
                    """{"type":"message","content":[{"type":"output_text","text":"a","annotations":[]}]},""" +
                    """{"type":"message","phase":"final_answer","content":[{"type":"output_text","text":"b"}]},""" +
                    """{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":{"x":[1]}}],"usage":""" +
                    """{"input_tokens":4,"output_tokens":null}}""",
            )
        assertEquals("ab", response.text)
        assertEquals(null, response.reasoning)
        // The message with a phase starts after the first message and the search.
        val phase = ContentPart.Reasoning("", "after:1:0:behind:1:phase:final_answer", "openai-responses")
        assertEquals(listOf(phase), response.reasoningParts)
        assertEquals(listOf(ToolCall("c", "f", "{\"x\":[1]}")), response.toolCalls)
        assertEquals(Usage(4, null), response.usage)
        assertEquals(FinishReason.TOOL_CALLS, response.finishReason)
        assertEquals("resp_1", response.requestId)
        assertEquals("m", response.model)
    }

    @Test
    fun `A18 a refusal is the answer`() = blocking {
        both(FakeReply.refusal("I must not.")) {
            assertEquals("I must not.", it.text)
            assertEquals(FinishReason.CONTENT_FILTER, it.finishReason)
        }
    }

    @Test
    fun `A18 why an answer is not whole is said`() = blocking {
        mapOf(
            "max_output_tokens" to FinishReason.LENGTH,
            "content_filter" to FinishReason.CONTENT_FILTER,
            "tired" to FinishReason.OTHER,
        ).forEach { (reason, expected) ->
            both(FakeReply.text("so far").finishReason(reason)) {
                assertEquals("so far", it.text)
                assertEquals(expected, it.finishReason)
                assertEquals(reason, it.rawFinishReason)
            }
        }
    }

    @Test
    fun `A18 an incomplete answer that has begun a tool call is no tool call's`() = blocking {
        val call = """{"type":"function_call","call_id":"c","name":"f","arguments":"{\"x"}"""
        val response =
            """{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[$call]}"""
        assertEquals(FinishReason.LENGTH, whole(response).finishReason)
        val streamed = streamed("""{"type":"response.incomplete","response":$response}""")
        assertEquals(FinishReason.LENGTH, streamed.finishReason)
        assertEquals("{\"x", streamed.toolCalls.single().arguments)
    }

    @Test
    fun `A22 reasoning is kept apart, its paragraphs too, summary or all of it`() = blocking {
        val summaries = """[{"type":"summary_text","text":"one"},{"type":"summary_text","text":"two"}]"""
        val message = """{"type":"message","content":[{"type":"output_text","text":"4"}]}"""
        val closed = """{"type":"reasoning","id":"rs","summary":$summaries}"""
        val open = """{"type":"reasoning","id":"rs","content":[{"type":"reasoning_text","text":"three"}]}"""
        val whole = whole("""{"output":[$closed,$open,$message]}""")
        val streamed =
            streamed(
                """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"on"}""",
                """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"e"}""",
                """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"two"}""",
                """{"type":"response.reasoning_text.delta","output_index":1,"content_index":0,"delta":"three"}""",
                """{"type":"response.output_text.delta","output_index":2,"delta":"4"}""",
                COMPLETED,
            )
        listOf(whole, streamed).forEach {
            assertEquals("one\n\ntwo\n\nthree", it.reasoning)
            assertEquals("4", it.text)
        }
    }

    @Test
    fun `A22 blocks of reasoning go back as they came, with the results of the tools`() = blocking {
        server.on { it.messages.last().role == "user" }.reply(
            FakeReply.toolCall("c1", "weather", "{}").reasoning("hm, so"),
        )
        server.on { it.messages.last().role == "tool" }.reply(FakeReply.text("Sunny."))
        val asked =
            ChatRequest {
                user("Weather?")
                reasoning(Reasoning.effort(ReasoningEffort.LOW))
                tools(listOf(ToolDefinition("weather", "Tells it", mapOf("type" to "object"))))
            }
        val whole = model().chat(asked)
        val streamed = (model().stream(asked).toList().last() as ChatEvent.Finished).response
        listOf(whole, streamed).forEach { first ->
            assertEquals("hm, so", first.reasoningParts.single().text)
            val answered =
                asked
                    .toBuilder()
                    .reasoning(null)
                    .message(first.toMessage())
                    .message(Message.tool("c1", "sunny"))
                    .build()
            assertEquals("Sunny.", model().chat(answered).text)
            val sent = server.requests.last()
            assertEquals(listOf("user", "assistant", "tool"), sent.messages.map { it.role })
            assertEquals("reasoning", sent.field("/input/1/type"))
            assertEquals("hm, so", sent.field("/input/1/summary/0/text"))
            assertEquals(
                first.reasoningParts.single().signature!!.substringAfter(' '),
                sent.field("/input/1/encrypted_content"),
            )
            assertEquals(true, sent.field("/input/1/id")?.startsWith("rs_fake_"))
            assertEquals("[\"reasoning.encrypted_content\"]", sent.field("/include"))
            assertEquals("false", sent.field("/store"))
        }
    }

    @Test
    fun `A18 tool calls come by pieces, whole at their end, or only in the last event`() = blocking {
        val item = """{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":"[1]"}"""
        val begun = """{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":""}"""
        val added = """{"type":"response.output_item.added","output_index":1,"item":$begun}"""
        val done = """{"type":"response.output_item.done","output_index":1,"item":$item}"""
        val delta = """{"type":"response.function_call_arguments.delta","output_index":1,"delta":"[1]"}"""
        val whole = """{"type":"response.function_call_arguments.done","output_index":1,"arguments":"[1]"}"""
        listOf(
            listOf(added, delta, whole, done, COMPLETED),
            listOf(added, whole, done, COMPLETED),
            listOf(added, done, COMPLETED),
            listOf(done, COMPLETED),
            listOf("""{"type":"response.completed","response":{"status":"completed","output":[$item]}}"""),
        ).forEach { events ->
            val response = streamed(*events.toTypedArray())
            assertEquals(listOf(ToolCall("c", "f", "[1]")), response.toolCalls)
            assertEquals(FinishReason.TOOL_CALLS, response.finishReason)
        }
    }

    @Test
    fun `A15 an answer that comes only in the last event is one`() = blocking {
        val message = """{"type":"message","content":[{"type":"output_text","text":"all"}]}"""
        val events = events("""{"type":"response.completed","response":{"id":"r","model":"m-1","output":[$message]}}""")
        assertEquals("all", (events.first() as ChatEvent.TextDelta).text)
        val response = (events.last() as ChatEvent.Finished).response
        assertEquals(listOf("r", "m-1"), listOf(response.requestId, response.model))
    }

    @Test
    fun `A15 events of no use, without a name or of another server's end marker are passed over`() = blocking {
        val body =
            """data: {"type":"response.queued","response":{"id":"r1","model":"m-1","status":"queued"}}""" + "\n\n" +
                """data: {"type":"response.output_text.annotation.added","annotation":{}}""" + "\n\n" +
                """data: {"type":"response.new_thing","delta":{"x":1}}""" + "\n\n" +
                """data: {"type":"response.output_text.delta","delta":"a"}""" + "\n\ndata: [DONE]\n\n" +
                "data: $COMPLETED\n\n"
        server.otherwise(FakeReply.raw(200, "text/event-stream", body).unnamed())
        val response = (model().stream("hi").toList().last() as ChatEvent.Finished).response
        assertEquals("a", response.text)
        assertEquals("r1", response.requestId)
        assertEquals("m-1", response.model)
    }

    private companion object {
        const val COMPLETED = """{"type":"response.completed","response":{"status":"completed","output":[]}}"""
    }
}
