package dev.muster.openai

import dev.muster.agent.ChatAgent
import dev.muster.agent.tool
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.chat.Usage
import dev.muster.error.MalformedResponseException
import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** How gateways deviate from OpenAI's chat completions, streamed and whole. */
class GatewayStreamsTest : Wired() {
    private fun piece(delta: String, finish: String = "null", more: String = "") =
        """{"id":"g","choices":[{"index":0,"delta":$delta,"finish_reason":$finish}]$more}"""

    private fun said(text: String, finish: String = "null", more: String = "") =
        piece("""{"content":"$text"}""", finish, more)

    private fun message(message: String, finish: String = "\"stop\"", more: String = "") =
        """{"id":"g","choices":[{"index":0,"message":$message,"finish_reason":$finish}]$more}"""

    private suspend fun both(inner: String, finish: String = "\"stop\"", check: (ChatResponse) -> Unit) {
        check(whole(message(inner, finish)))
        check(streamed(piece(inner), piece("{}", finish), DONE))
    }

    @Test
    fun `C13 a finish reason on every piece ends nothing`() = blocking {
        val usage = ""","usage":{"prompt_tokens":2,"completion_tokens":3}"""
        listOf("", usage).forEach { more ->
            val text = streamed(said("One", STOP, more), said(" two", STOP, more), said(" three", STOP, more), DONE)
            assertEquals("One two three", text.text)
            assertEquals(FinishReason.STOP, text.finishReason)
            if (more.isNotEmpty()) assertEquals(Usage(2, 3), text.usage)
            val thought = piece("""{"reasoning_content":"hm"}""", STOP, more)
            assertEquals("hm" to "So.", streamed(thought, said("So.", STOP, more)).let { it.reasoning to it.text })
            val call = """{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]}"""
            val rest = """{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"""
            val calls = streamed(said("I call.", STOP, more), piece(call, CALLS, more), piece(rest, CALLS, more), DONE)
            assertEquals(listOf(ToolCall("a", "f", "{\"x\":1}")), calls.toolCalls)
            assertEquals("I call.", calls.text)
        }
    }

    @Test
    fun `C12 an error behind the finish reason is one`() = blocking {
        val error = failure { events(said("One", STOP), """{"error":{"code":502,"message":"lost"}}""") }
        assertEquals(ProviderException::class.java, error.javaClass)
        assertEquals("One", error.partialText)
    }

    @Test
    fun `C12 an answer that the provider broke off is a failure, with what had come`() = blocking {
        listOf("error", "abort", "network_error", "insufficient_system_resource").forEach { word ->
            listOf("", ""","error":{"code":502,"message":"upstream"}""").forEach { error ->
                val end = """{"choices":[{"index":0,"delta":{},"finish_reason":"$word"$error}]}"""
                val body = """{"choices":[{"index":0,"message":{"content":"Half"},"finish_reason":"$word"$error}]}"""
                val cut = failure { events(said("Half"), end, DONE) }
                listOf(cut, failure { whole(body) }).forEach {
                    assertEquals(ProviderException::class.java, it.javaClass, word)
                    assertTrue(it.isRetryable)
                    assertTrue((if (error.isEmpty()) word else "upstream") in it.message!!, it.message)
                }
                assertEquals("Half", cut.partialText)
            }
        }
    }

    @Test
    fun `C12 an error field that says nothing is none`() = blocking {
        listOf("null", "\"\"", "{}", "[]", "false").forEach { nothing ->
            val more = ""","error":$nothing"""
            assertEquals("Hi", whole(message("""{"content":"Hi"}""", more = more)).text)
            assertEquals("Hi", streamed(said("Hi", more = more), said("", STOP, more), DONE).text)
        }
    }

    @Test
    fun `A18 what is not text, call or end may have any form`() = blocking {
        val odd =
            """{"id":%s,"model":%s,"choices":[{"index":%s,"%s":{"role":"assistant","content":"Hi"},""" +
                """"finish_reason":"stop"}],"usage":%s}"""
        listOf(
            listOf("71", "null", "0.0", "\"\""),
            listOf("[\"x\"]", "5", "\"0\"", "[]"),
            listOf("{}", "true", "null", "7"),
            listOf("null", "{}", "[0]", """{"prompt_tokens":"2","completion_tokens":3.0,"prompt_tokens_details":[]}"""),
        ).forEach { (id, model, index, usage) ->
            val whole = whole(odd.format(id, model, index, "message", usage))
            val streamed = streamed(odd.format(id, model, index, "delta", usage), DONE)
            listOf(whole, streamed).forEach {
                assertEquals("Hi", it.text, id)
                assertEquals(FinishReason.STOP, it.finishReason)
                if (id == "71") assertEquals("71", it.requestId)
                assertEquals(if ('2' in usage) Usage(2, 3) else null, it.usage)
            }
        }
        assertEquals("Hi", whole("""{"choices":{"message":{"content":"Hi"},"finish_reason":"stop"}}""").text)
        val call = """{"tool_calls":{"index":"0","id":7,"function":{"name":"f","arguments":"{}"}}}"""
        both(call, CALLS) { assertEquals(listOf(ToolCall("7", "f", "{}")), it.toolCalls) }
    }

    @Test
    fun `A18 usage that cannot be read does not replace what was told`() = blocking {
        val told = ""","usage":{"prompt_tokens":2,"completion_tokens":3}"""
        val response = streamed(said("Hi", STOP, told), said("", STOP, ""","usage":{}"""), DONE)
        assertEquals(Usage(2, 3), response.usage)
    }

    @Test
    fun `A18 content in parts, as an object, as a bare text, or as a refusal`() = blocking {
        mapOf(
            """[{"type":"text","text":"a"},{"type":"output_text","text":"b"},"c",{"text":"d"}]""" to "abcd",
            """{"type":"text","text":"abcd"}""" to "abcd",
            """[{"type":"refusal","refusal":"No."}]""" to "No.",
        ).forEach { (content, text) ->
            both("""{"content":$content}""") {
                assertEquals(text, it.text)
                val reason = if (text == "No.") FinishReason.CONTENT_FILTER else FinishReason.STOP
                assertEquals(reason, it.finishReason)
            }
        }
    }

    @Test
    fun `A18 the legacy call of a function is a call`() = blocking {
        val whole = whole(message("""{"content":null,"function_call":{"name":"f","arguments":"{\"x\":1}"}}""", LEGACY))
        val streamed = streamed(
            piece("""{"function_call":{"name":"f","arguments":""}}"""),
            piece("""{"function_call":{"arguments":"{\"x\""}}"""),
            piece("""{"function_call":{"arguments":":1}"}}""", LEGACY),
            DONE,
        )
        listOf(whole, streamed).forEach {
            assertEquals(listOf(ToolCall("call_0", "f", "{\"x\":1}")), it.toolCalls)
            assertEquals(FinishReason.TOOL_CALLS, it.finishReason)
        }
    }

    @Test
    fun `C1 calls without ids get one each, other than those of the conversation`() = blocking {
        fun calls(vararg days: String) = message(
            days.joinToString(",", """{"content":null,"tool_calls":[""", "]}") {
                """{"function":{"name":"plan","arguments":"{\"day\":\"$it\"}"}}"""
            },
            CALLS,
        )
        val answers = mapOf(0 to calls("mon", "tue"), 2 to calls("wed"), 3 to message("""{"content":"Done."}"""))
        answers.forEach { (results, body) ->
            server.on { request -> request.messages.count { it.role == "tool" } == results }
                .reply(FakeReply.raw(body).unnamed())
        }
        val plan = tool(ToolDefinition("plan", "Plans a day", mapOf("type" to "object"))) { it.arguments }
        val agent = ChatAgent.builder(model()).tools(plan).build()
        val answer = agent.chat("Plan my week.")
        assertEquals("Done.", answer.text)
        assertEquals(listOf("call_0", "call_1", "call_2"), answer.toolRuns.map { it.id })
        assertEquals(listOf<String?>(null), server.requests.map { it.rejection }.distinct())
    }

    @Test
    fun `A15 a whole answer in place of a stream is read, and a stream in place of a whole answer`() = blocking {
        val call = """{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}"""
        val long = "word ".repeat(4_000)
        val usage = ""","usage":{"prompt_tokens":2,"completion_tokens":3}"""
        server.otherwise(FakeReply.raw(message("""{"content":"$long","tool_calls":[$call]}""", CALLS, usage)).unnamed())
        val fromWhole = (model().stream("hi").toList().last() as ChatEvent.Finished).response
        val events = listOf(said(long), piece("""{"tool_calls":[$call]}"""), piece("{}", CALLS, usage), DONE)
        server.otherwise(
            FakeReply.raw(200, "text/event-stream", events.joinToString("") { "data: $it\n\n" }).unnamed(),
        )
        val fromStream = model().chat(ChatRequest.of("hi"))
        listOf(fromWhole, fromStream).forEach {
            assertEquals(long, it.text)
            assertEquals(listOf(ToolCall("a", "f", "{\"x\":1}")), it.toolCalls)
            assertEquals(FinishReason.TOOL_CALLS, it.finishReason)
            assertEquals(Usage(2, 3), it.usage)
            assertEquals("g", it.requestId)
        }
    }

    @Test
    fun `C13 a stream in place of a whole answer that is cut off is no answer`() = blocking {
        val error = failure(FakeReply.raw(200, "text/event-stream", "data: ${said("Half")}\n\n"))
        assertEquals(MalformedResponseException::class.java, error.javaClass)
        assertEquals(null, error.partialText)
    }

    @Test
    fun `C12 what is more than one answer, or none, is malformed`() = blocking {
        val answer = message("""{"content":"One"}""")
        listOf(answer + answer, "$answer\n$answer", """{"choices":[]}""", """{"choices":[{"index":0}]}""", "[]", "7")
            .forEach { body ->
                val whole = failure { whole(body) }
                assertEquals(MalformedResponseException::class.java, whole.javaClass, body)
                val streamed = streamFailure(FakeReply.raw(body))
                assertEquals(MalformedResponseException::class.java, streamed.javaClass, body)
            }
    }

    @Test
    fun `A20 of several choices the first counts, streamed and whole`() = blocking {
        fun choice(at: Int, field: String, text: String) =
            """{"index":$at,"$field":{"content":"$text"},"finish_reason":"stop"}"""
        val whole = """{"choices":[${choice(1, "message", "other")},${choice(0, "message", "mine")}]}"""
        assertEquals("mine", whole(whole).text)
        val events = listOf(1 to "other", 0 to "mine", 1 to "more").map { (at, text) ->
            """{"choices":[${choice(at, "delta", text)}]}"""
        }
        assertEquals("mine", streamed(*events.toTypedArray(), DONE).text)
    }

    @Test
    fun `C13 an end marker with blanks around it is one`() = blocking {
        server.otherwise(FakeReply.raw(200, "text/event-stream", "data: ${said("Hi")}\n\ndata:   [DONE] \t\n\n"))
        val events = mutableListOf<ChatEvent>()
        model().stream("hi").collect { events += it }
        assertEquals("Hi", (events.last() as ChatEvent.Finished).response.text)
    }

    private companion object {
        const val DONE = "[DONE]"
        const val STOP = "\"stop\""
        const val CALLS = "\"tool_calls\""
        const val LEGACY = "\"function_call\""
    }
}
