package dev.muster.openai

import dev.muster.chat.ChatEvent
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.error.InsufficientFundsException
import dev.muster.error.ProviderException
import dev.muster.error.RateLimitedException
import dev.muster.error.StreamTruncatedException
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.collect
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Real streams of the endpoints. */
class StreamFormsTest : Wired() {
    @Test
    fun `null content, absent or empty choices, empty tool calls and unknown fields are passed over`() = blocking {
        val response =
            streamed(
                """{"id":"c1","model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":null}}]}""",
                """{"object":"ping"}""",
                """{"choices":null,"x":{"y":[1]}}""",
                """{"choices":[{"delta":{"content":"a","tool_calls":[]},"logprobs":null,"x":1}],"obfuscation":"z"}""",
                """{"choices":[{"index":1,"delta":{"content":"other"}},{"index":0,"delta":{"content":"b"}}]}""",
                """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}""",
                """{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}""",
                DONE,
            )
        assertEquals("ab", response.text)
        assertEquals(Usage(3, 2), response.usage)
        assertEquals("m-1", response.model)
        assertEquals("c1", response.requestId)
        assertEquals(emptyList<ToolCall>(), response.toolCalls)
    }

    @Test
    fun `tool calls are told apart by index, interleaved and with empty ids`() = blocking {
        val response =
            streamed(
                calls("""{"index":0,"id":"a","function":{"name":"f","arguments":""}}"""),
                calls("""{"index":1,"id":"b","function":{"name":"g","arguments":"{\"x\""}}"""),
                calls("""{"index":0,"id":"","function":{"arguments":"{\"y\":"}}"""),
                calls("""{"index":1,"function":{"arguments":":1}"}},{"index":0,"function":{"arguments":"2}"}}"""),
                FINISHED,
                DONE,
            )
        assertEquals(listOf(ToolCall("a", "f", "{\"y\":2}"), ToolCall("b", "g", "{\"x\":1}")), response.toolCalls)
    }

    @Test
    fun `tool calls without an index, or all with index 0, are told apart by id and name`() = blocking {
        listOf("", "\"index\":0,").forEach { index ->
            val response =
                streamed(
                    calls("""{$index"id":"a","function":{"name":"f","arguments":"{"}}"""),
                    calls("""{$index"function":{"arguments":"}"}}"""),
                    calls("""{$index"id":"b","function":{"name":"g","arguments":"{}"}}"""),
                    FINISHED,
                    DONE,
                )
            assertEquals(listOf(ToolCall("a", "f", "{}"), ToolCall("b", "g", "{}")), response.toolCalls)
        }
    }

    @Test
    fun `a fresh id on every piece of one call does not cut it apart`() = blocking {
        val response =
            streamed(
                calls("""{"index":0,"id":"a1","function":{"name":"f","arguments":"{"}}"""),
                calls("""{"index":0,"id":"a2","function":{"name":null,"arguments":"}"}}"""),
                FINISHED,
                DONE,
            )
        assertEquals(
            listOf(ToolCall("a2", "f", "{}")),
            response.toolCalls.map {
                ToolCall("a2", it.name, it.arguments)
            },
        )
    }

    @Test
    fun `A22 reasoning has three names and is kept apart`() = blocking {
        listOf("reasoning_content", "reasoning", "thinking").forEach { field ->
            val response = streamed(delta("""{"$field":"hm "}"""), delta("""{"$field":"ok","content":"4"}"""), DONE)
            assertEquals("hm ok", response.reasoning)
            assertEquals("4", response.text)
        }
    }

    @Test
    fun `content in parts gives text and reasoning`() = blocking {
        val response =
            streamed(
                delta("""{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}"""),
                delta("""{"content":[{"type":"text","text":"4"},{"type":"other"}]}"""),
                delta("""{"content":""}"""),
                DONE,
            )
        assertEquals("hm", response.reasoning)
        assertEquals("4", response.text)
    }

    @Test
    fun `a refusal is the answer`() = blocking {
        assertEquals("No.", streamed(delta("""{"content":null,"refusal":"No."}"""), FINISHED, DONE).text)
    }

    @Test
    fun `usage with the finish reason, of Groq's own, or running, is taken as it comes last`() = blocking {
        val usage = """{"prompt_tokens":1,"completion_tokens":2}"""
        val finishing =
            """{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":$usage}"""
        assertEquals(Usage(1, 2), streamed(finishing, DONE).usage)
        val groq =
            """{"choices":[{"delta":{},"finish_reason":"stop"}],"x_groq":{"usage":$usage}}"""
        assertEquals(Usage(1, 2), streamed(groq, DONE).usage)
        val running = """{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":0}}"""
        val last = """{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":9}}"""
        assertEquals(Usage(1, 9), streamed(running, FINISHED, last, DONE).usage)
    }

    @Test
    fun `C13 a finish reason or the end marker alone ends the answer`() = blocking {
        assertEquals("a", streamed(delta("""{"content":"a"}"""), FINISHED).text)
        val marked = streamed(delta("""{"content":"a"}"""), DONE)
        assertEquals("a", marked.text)
        assertEquals(FinishReason.OTHER, marked.finishReason)
        assertEquals(null, marked.rawFinishReason)
    }

    @Test
    fun `C13 a connection that breaks behind the finish reason has given a whole answer`() = blocking {
        val body = "data: ${delta("""{"content":"a"}""")}\n\ndata: $FINISHED\n\n"
        server.otherwise(FakeReply.raw(200, "text/event-stream", body + " ".repeat(body.length)).cutAfter(1))
        val events = mutableListOf<ChatEvent>()
        model().stream("hi").collect { events += it }
        assertEquals("a", (events.last() as ChatEvent.Finished).response.text)
    }

    @Test
    fun `C13 a last event without its blank line counts where it is whole and not where it is cut`() = blocking {
        val begin = "data: ${delta("""{"content":"a"}""")}\n\n"
        server.otherwise(FakeReply.raw(200, "text/event-stream", begin + "data: [DONE]"))
        model().stream("hi").collect()
        server.otherwise(FakeReply.raw(200, "text/event-stream", begin + "data: {\"choices\":[{\"del"))
        val error = failure { model().stream("hi").collect() }
        assertEquals(StreamTruncatedException::class.java, error.javaClass)
        assertEquals("a", error.partialText)
    }

    @Test
    fun `C13 a finish reason that is empty ends nothing`() = blocking {
        fun piece(text: String, reason: String) =
            """{"choices":[{"index":0,"delta":{"content":"$text"},"finish_reason":"$reason"}],""" +
                """"usage":{"prompt_tokens":3,"completion_tokens":2}}"""
        val response = streamed(piece("a", ""), piece("b", ""), piece("", "stop"), DONE)
        assertEquals("ab", response.text)
        assertEquals(listOf(FinishReason.STOP, "stop"), listOf(response.finishReason, response.rawFinishReason))
        val cut = failure { events(piece("a", "").replace("usage", "x")) }
        assertEquals(StreamTruncatedException::class.java, cut.javaClass)
        assertEquals("a", cut.partialText)
    }

    @Test
    fun `C12 errors in a stream, in each of their forms`() = blocking {
        mapOf(
            """{"error":{"message":"m","type":"server_error","code":null}}""" to ProviderException::class.java,
            """{"error":{"message":"m","code":502}}""" to ProviderException::class.java,
            """{"error":{"message":"m","code":429}}""" to RateLimitedException::class.java,
            """{"error":{"message":"m","type":"insufficient_quota"}}""" to InsufficientFundsException::class.java,
            """{"error":"overloaded"}""" to ProviderException::class.java,
            """{"choices":[{"delta":{"content":""},"finish_reason":"error","error":{"code":502,"message":"m"}}]}""" to
                ProviderException::class.java,
        ).forEach { (event, expected) ->
            listOf(arrayOf(event), arrayOf(delta("""{"content":"a"}"""), event)).forEach { events ->
                val error = failure { events(*events) }
                assertEquals(expected, error.javaClass, event)
                assertEquals(if (events.size == 1) null else "a", error.partialText)
            }
        }
    }

    @Test
    fun `C12 an event named error is one, whatever it holds`() = blocking {
        listOf("""{"message":"m","code":"x"}""", """{"anything":1}""").forEach { data ->
            val reply = FakeReply.raw(200, "text/event-stream", "event: error\ndata: $data\n\n")
            assertEquals(ProviderException::class.java, streamFailure(reply).javaClass)
        }
    }

    @Test
    fun `C12 an error that comes as plain JSON in place of the stream is one`() = blocking {
        val reply = FakeReply.raw("""{"error":{"message":"m","code":"insufficient_quota"}}""")
        assertEquals(InsufficientFundsException::class.java, streamFailure(reply).javaClass)
    }

    private fun delta(delta: String) = """{"choices":[{"index":0,"delta":$delta,"finish_reason":null}]}"""

    private fun calls(calls: String) = delta("""{"tool_calls":[$calls]}""")

    private companion object {
        const val DONE = "[DONE]"
        const val FINISHED = """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"""
    }
}
