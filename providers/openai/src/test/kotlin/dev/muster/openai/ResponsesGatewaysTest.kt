package dev.muster.openai

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.error.MalformedResponseException
import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** How servers deviate from OpenAI's Responses API, streamed and whole. */
class ResponsesGatewaysTest : ResponsesWired() {
    private val north = ToolCall("c1", "go", "{\"to\":\"north\"}")
    private val south = ToolCall("c2", "stay", "{\"at\":\"south\"}")

    private fun json(text: String) = "\"" + text.replace("\"", "\\\"") + "\""

    private fun item(id: String?, call: ToolCall, arguments: String = call.arguments) = """{"type":"function_call",""" +
        (id?.let { """"id":"$it",""" }.orEmpty()) +
        """"call_id":"${call.id}","name":"${call.name}","arguments":${json(arguments)}}"""

    /** The interleaved events of [north] and [south], each with the item fields of [of]. */
    private fun turns(of: (Int) -> String, id: (Int) -> String?): List<String> {
        fun event(type: String, at: Int, more: String) = """{"type":"response.$type",${of(at)}$more}"""

        fun delta(at: Int, text: String) = event("function_call_arguments.delta", at, """"delta":${json(text)}""")
        return listOf(
            event("output_item.added", 0, """"item":${item(id(0), north, "")}"""),
            event("output_item.added", 1, """"item":${item(id(1), south, "")}"""),
            delta(0, "{\"to\":"),
            delta(1, "{\"at\":"),
            delta(0, "\"north\"}"),
            delta(1, "\"south\"}"),
        )
    }

    private fun completed(vararg output: String) =
        """{"type":"response.completed","response":{"status":"completed","output":[${output.joinToString(",")}]}}"""

    @Test
    fun `A18 calls are told apart by the id of their item, whatever the index`() = blocking {
        listOf("", """"output_index":0,""", """"output_index":null,""").forEach { index ->
            val events = turns({ """$index"item_id":"i$it",""" }, { "i$it" })
            val response = streamed(*events.toTypedArray(), completed())
            assertEquals(listOf(north, south), response.toolCalls, index)
            assertEquals(FinishReason.TOOL_CALLS, response.finishReason)
        }
    }

    @Test
    fun `A18 calls are told apart by their index where ids are missing or change`() = blocking {
        val missing = turns({ """"output_index":$it,""" }, { null })
        assertEquals(listOf(north, south), streamed(*missing.toTypedArray(), completed()).toolCalls)
        var number = 0
        val changing = turns({ """"output_index":$it,"item_id":"x${number++}",""" }, { "y$it" })
        assertEquals(listOf(north, south), streamed(*changing.toTypedArray(), completed()).toolCalls)
    }

    @Test
    fun `A18 calls that come one behind the other need neither index nor id`() = blocking {
        fun events(id: String?, call: ToolCall) = listOf(
            """{"type":"response.output_item.added","item":${item(id, call, "")}}""",
            """{"type":"response.function_call_arguments.delta","delta":${json(call.arguments)}}""",
            """{"type":"response.function_call_arguments.done","arguments":${json(call.arguments)}}""",
        )
        val response = streamed(*(events(null, north) + events(null, south)).toTypedArray(), completed())
        assertEquals(listOf(north, south), response.toolCalls)
    }

    @Test
    fun `A18 calls that are said to be done without any id are not told twice`() = blocking {
        fun nameless(call: ToolCall, arguments: String) =
            """{"type":"function_call","name":"${call.name}","arguments":${json(arguments)}}"""

        fun events(call: ToolCall) = listOf(
            """{"type":"response.output_item.added","item":${nameless(call, "")}}""",
            """{"type":"response.function_call_arguments.delta","delta":${json(call.arguments)}}""",
            """{"type":"response.function_call_arguments.done","arguments":${json(call.arguments)}}""",
            """{"type":"response.output_item.done","item":${nameless(call, call.arguments)}}""",
        )
        val response = streamed(*(events(north) + events(south)).toTypedArray(), completed())
        assertEquals(
            listOf(ToolCall("call_0", north.name, north.arguments), ToolCall("call_1", south.name, south.arguments)),
            response.toolCalls,
        )
    }

    @Test
    fun `A18 the last event is believed where it differs`() = blocking {
        val glued = turns({ "" }, { null })
        val right = streamed(*glued.toTypedArray(), completed(item("i1", north), item("i2", south)))
        assertEquals(listOf(north, south), right.toolCalls)
        val onlyNames = completed(item("i1", north, ""), item("i2", south, ""))
        val events = turns({ """"item_id":"i$it",""" }, { "i$it" })
        assertEquals(listOf(north, south), streamed(*events.toTypedArray(), onlyNames).toolCalls)
        val silent = streamed(*events.toTypedArray(), completed("""{"type":"message","content":"Bye."}"""))
        assertEquals(listOf(north, south) to "Bye.", silent.toolCalls to silent.text)
    }

    @Test
    fun `A15 text that only the last event has is told behind what came`() = blocking {
        val begun = """{"type":"response.output_text.delta","item_id":"m","delta":"One"}"""
        val message = """{"type":"message","content":[{"type":"output_text","text":"One two."}]}"""
        val events = events(begun, completed(message))
        assertEquals(listOf("One", " two."), events.filterIsInstance<ChatEvent.TextDelta>().map { it.text })
        val other = """{"type":"message","content":[{"type":"output_text","text":"Another."}]}"""
        assertEquals("One", streamed(begun, completed(other)).text)
    }

    @Test
    fun `A18 calls without ids get one each`() = blocking {
        val items = listOf("go", "stay").joinToString(",") { """{"type":"function_call","name":"$it"}""" }
        val made = listOf(ToolCall("call_0", "go", "{}"), ToolCall("call_1", "stay", "{}"))
        assertEquals(made, whole("""{"output":[$items]}""").toolCalls)
        assertEquals(made, streamed(completed(items)).toolCalls)
    }

    @Test
    fun `A18 what is not text, call or end may have any form`() = blocking {
        val body = """{"id":7,"model":null,"status":"complete","output":{"type":"message","id":3,"content":"Hi"},""" +
            """"usage":{"input_tokens":"2","output_tokens":3.0,"input_tokens_details":[]},"incomplete_details":""}"""
        listOf(whole(body), streamed("""{"type":"response.completed","response":$body}""")).forEach {
            assertEquals("Hi", it.text)
            assertEquals("7", it.requestId)
            assertEquals(Usage(2, 3), it.usage)
            assertEquals(listOf(FinishReason.STOP, "complete"), listOf(it.finishReason, it.rawFinishReason))
        }
    }

    @Test
    fun `C12 a response that was cancelled is no answer, streamed and whole`() = blocking {
        listOf("cancelled", "canceled").forEach { word ->
            val response = """{"status":"$word","output":[]}"""
            assertEquals(
                listOf(MalformedResponseException::class.java, MalformedResponseException::class.java),
                listOf(
                    failure { whole(response) }.javaClass,
                    failure { events("""{"type":"response.completed","response":$response}""") }.javaClass,
                ),
            )
            val told = failure { events("""{"type":"response.$word","response":$response}""") }
            assertEquals(ProviderException::class.java, told.javaClass)
        }
    }

    @Test
    fun `A15 a whole answer in place of a stream is read, and a stream in place of a whole answer`() = blocking {
        val message = """{"type":"message","content":[{"type":"output_text","text":"Hi"}]}"""
        val response = """{"id":"r9","status":"completed","output":[$message,${item("i", north)}]}"""
        server.otherwise(FakeReply.raw(response).unnamed())
        val fromWhole = (model().stream("hi").toList().last() as ChatEvent.Finished).response
        val event = """{"type":"response.completed","response":$response}"""
        server.otherwise(FakeReply.raw(200, "text/event-stream", "event: x\ndata: $event\n\n").unnamed())
        val fromStream = model().chat(ChatRequest.of("hi"))
        listOf(fromWhole, fromStream).forEach {
            assertEquals("Hi", it.text)
            assertEquals(listOf(north), it.toolCalls)
            assertEquals("r9", it.requestId)
        }
        val cut = failure(FakeReply.raw(200, "text/event-stream", """data: {"type":"response.created"}""" + "\n\n"))
        assertEquals(MalformedResponseException::class.java, cut.javaClass)
        assertTrue("stream" in cut.message!!, cut.message)
    }

    @Test
    fun `C12 two answers in one body are malformed`() = blocking {
        val body = """{"status":"completed","output":[]}"""
        assertEquals(MalformedResponseException::class.java, failure { whole(body + body) }.javaClass)
        assertEquals(MalformedResponseException::class.java, streamFailure(FakeReply.raw(body + body)).javaClass)
    }
}
