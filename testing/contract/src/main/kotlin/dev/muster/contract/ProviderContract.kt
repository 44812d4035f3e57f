package dev.muster.contract

import dev.muster.agent.ChatAgent
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.FinishReason
import dev.muster.chat.GenerationSettings
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.chat.text
import dev.muster.error.InvalidRequestException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeRequest
import dev.muster.fake.FakeToolCall
import dev.muster.http.transport.JdkTransport
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration

/**
 * The requirements for every API format, in requests and successful responses, whole and streamed. [FailureContract]
 * extends it with failures: a provider has one subclass of that one for each API format. See it for an example.
 *
 * The tests check that
 * - everything that a request sets is in the body, in its order, and nothing that it does not set, also for settings of
 *   a model and of an agent; [whole] is a complete body; `extra` reaches the top level and replaces fields;
 * - base URL, headers and key are used;
 * - tokens arrive while the server holds the rest, and the same however the bytes are split;
 * - leaving a stream, or cancelling it, closes its connection; a stream ends at its end marker;
 * - every field of a response is read: text, reasoning, tool calls, usage, finish reason, model, request id; what was
 *   not sent is null;
 * - an empty prompt is refused before anything is sent; calls one after another share one connection.
 *
 * A subclass gives the pointers of a few fields in its bodies, and what its API format lacks. Each property has the
 * value of OpenAI's chat completions as its default.
 */
public abstract class ProviderContract(
    id: String,
    /** The JSON pointer of the token limit in the body, such as `/max_tokens`. */
    private val maxTokens: String,
    /** Whether the usage in the API format has cached and reasoning tokens. */
    private val tellsDetails: Boolean,
) : ProviderTest(id) {
    /** The header with the API key, and its value. Default: `Authorization` with a bearer token. */
    protected open val keyHeader: Pair<String, String> get() = "Authorization" to "Bearer $KEY"

    /** The header with the provider's request id. */
    protected open val requestIdHeader: String get() = "x-request-id"

    /** The JSON pointer of the called tool's name, in a body of system, user and assistant messages. */
    protected open val calledTool: String get() = "/messages/2/tool_calls/0/function/name"

    /** The JSON pointer of the first tool's schema in the body. */
    protected open val toolSchema: String get() = "/tools/0/function/parameters"

    /** Returns the model that [request] names on the wire. Default: the field `model`. */
    protected open fun modelOf(request: FakeRequest): String? = request.field("/model")

    /** Names of settings that the API format requires, so that they are sent although the request does not set them. */
    protected open val demanded: Set<String> get() = emptySet()

    /** The stop sequences that the tests request. Empty if the API format has none. */
    protected open val stops: List<String> get() = listOf("END")

    /** The seed that the tests request, or null if the API format has none. */
    protected open val seed: Long? get() = 7

    /** The complete body of the request [WHOLE], as the provider writes it: its fields in their order, no spaces. */
    protected abstract val whole: String

    /** Returns the API format's word for the finish reason [reason], `stop` or `length`. Returns others unchanged. */
    protected open fun finishWord(reason: String): String = reason

    @Test
    public fun `A1 a completion carries model and limit and gives its text`(): Unit = blocking {
        server.onModel("m").reply(FakeReply.text("4"))
        val response =
            model().chat(
                ChatRequest {
                    user("What is 2+2?")
                    maxTokens(50)
                },
            )
        assertEquals("4", response.text)
        val request = server.requests.single()
        assertEquals("m", modelOf(request))
        assertEquals("50", request.field(maxTokens))
        assertEquals("What is 2+2?", request.prompt)
        assertEquals(null, request.rejection)
    }

    @Test
    public fun `A1 what is not set is not sent`(): Unit = blocking {
        model().ask("hi")
        val body = server.requests.single().body
        listOf("temperature", "top_p", "stop", "seed", "tools", "max", "num_predict", "options", "null").forEach {
            if (it !in demanded) assertFalse(it in body, body)
        }
    }

    @Test
    public fun `A2 roles, order and tool messages are on the wire as given`(): Unit = blocking {
        val request =
            ChatRequest {
                system("Be brief.")
                user("Weather in Paris? é😀\n\"quoted\"")
                message(Message.assistant("", listOf(ToolCall("c1", "weather", "{\"city\":\"Paris\"}"))))
                message(Message.tool("c1", "sunny"))
                assistant("Sunny.")
                user("And tomorrow?")
                temperature(0.5)
                topP(0.9)
                seed(seed)
                stop(stops)
                tools(listOf(ToolDefinition("weather", "Tells the weather", SCHEMA)))
            }
        model().chat(request)
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals(
            listOf("system", "user", "assistant", "tool", "assistant", "user"),
            seen.messages.map { it.role },
        )
        assertEquals("Weather in Paris? é😀\n\"quoted\"", seen.messages[1].text)
        assertEquals("sunny", seen.messages[3].text)
        assertEquals("c1", seen.messages[3].toolCallId)
        assertEquals("weather", seen.field(calledTool))
        assertEquals(listOf("weather"), seen.tools)
        assertEquals("string", seen.field("$toolSchema/properties/city/type"))
    }

    @Test
    public fun `A2 A3 the whole body is what the form has for each value, and nothing else`(): Unit = blocking {
        model().chat(WHOLE)
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals(whole, seen.body)
    }

    @Test
    public fun `A24 settings of a call, an agent and a model are in the body as a request's are`(): Unit = blocking {
        server.allowFields("first", "second")
        val model = model()
        val base = GenerationSettings { temperature(0.75).topP(0.5).seed(seed).stop(stops).extra("first", 1) }
        val call = GenerationSettings { temperature(0.25).maxTokens(50).extra("second", 2) }
        val agent = ChatAgent.builder(model).systemPrompt("Be brief.").settings(base).build()
        agent.with(call).ask("hi")
        agent.with(call).conversation().ask("hi")
        val request = ChatRequest { system("Be brief.").user("hi").settings(call) }
        model.with(base).chat(request)
        val written =
            ChatRequest {
                system("Be brief.").user("hi").temperature(0.25).topP(0.5).maxTokens(50).seed(seed).stop(stops)
                extra("first", 1).extra("second", 2)
            }
        model.chat(written)
        val seen = server.requests
        assertEquals(List(4) { null }, seen.map { it.rejection })
        assertEquals(List(4) { seen.last().body }, seen.map { it.body })
        assertEquals(listOf("50", "1", "2"), listOf(maxTokens, "/first", "/second").map { seen.last().field(it) })
        assertTrue("0.25" in seen.last().body, seen.last().body)
    }

    @Test
    public fun `A8 headers and base URL are used`(): Unit = blocking {
        model { provider(id) { it.header("X-Team", "blue").baseUrl("$url/") } }.ask("hi")
        val request = server.requests.single()
        assertEquals("blue", request.header("X-Team"))
        assertEquals(keyHeader.second, request.header(keyHeader.first))
        assertFalse("//" in request.path, request.path)
    }

    @Test
    public fun `A15 tokens arrive while the server holds the rest`(): Unit = blocking {
        val tokens = (1..10).map { "t$it " }
        server.otherwise(FakeReply.tokens(tokens).gate(10))
        val seen = mutableListOf<String>()
        val call =
            launch(Dispatchers.Default) {
                model().stream("count").text().collect {
                    seen += it
                    if (seen.size == 9) server.release()
                }
            }
        call.join()
        assertEquals(tokens, seen)
    }

    @Test
    public fun `A15 a stream byte by byte, with comments and other line ends, is the same`(): Unit = blocking {
        val reply = FakeReply.text("Grüße, 世界 😀 und mehr").reasoning("hm, so")
        listOf(reply, reply.byteByByte(), reply.crlf(), reply.noSpaceAfterData().pings(3).extraFields()).forEach {
            server.otherwise(it)
            val events = model().stream("hi").toList()
            assertEquals("Grüße, 世界 😀 und mehr", events.filterIsInstance<ChatEvent.TextDelta>().joined { it.text })
            assertEquals("hm, so", events.filterIsInstance<ChatEvent.ReasoningDelta>().joined { it.text })
        }
    }

    @Test
    public fun `A16 leaving a stream closes its connection`(): Unit = blocking {
        server.otherwise(FakeReply.endless("x ").ignoreMaxTokens())
        assertEquals(listOf("x ", "x ", "x "), model().stream("hi").text().take(3).toList())
        server.awaitDisconnects(1, LIMIT)
    }

    @Test
    public fun `A16 cancelling the collector closes the connection`(): Unit = blocking {
        server.otherwise(FakeReply.text("one two").stallAfter(1))
        val call = launch(Dispatchers.Default) { model().stream("hi").collect() }
        server.awaitTokens(1, LIMIT)
        call.cancelAndJoin()
        server.awaitDisconnects(1, LIMIT)
    }

    @Test
    public fun `A18 a whole answer and a streamed one carry every field`(): Unit = blocking {
        val calls = arrayOf(FakeToolCall("c1", "weather", "{\"city\":\"Paris\"}"), FakeToolCall("c2", "now", "{}"))
        server.otherwise(
            FakeReply
                .text("The answer.")
                .reasoning("Let me think")
                .withToolCalls(*calls)
                .usage(10, 20, 3, 4)
                .model("m-2026")
                .header(requestIdHeader, "req-1")
                .extraFields(),
        )
        val whole = model().chat(ChatRequest.of("hi"))
        val streamed = (model().stream("hi").toList().last() as ChatEvent.Finished).response
        listOf(whole, streamed).forEach { response ->
            assertEquals("The answer.", response.text)
            assertEquals("Let me think", response.reasoning)
            assertEquals(
                listOf(ToolCall("c1", "weather", "{\"city\":\"Paris\"}"), ToolCall("c2", "now", "{}")),
                response.toolCalls,
            )
            assertEquals(FinishReason.TOOL_CALLS, response.finishReason)
            // Only some API formats report tokens written to the cache. They have their own rows for it.
            val figures = response.usage?.run {
                listOf(inputTokens, outputTokens, cachedInputTokens, reasoningTokens)
            }
            assertEquals(if (tellsDetails) listOf(10L, 20L, 3L, 4L) else listOf(10L, 20L, null, null), figures)
            assertEquals("m-2026", response.model)
            assertEquals(id, response.provider)
            assertEquals("req-1", response.requestId)
            assertTrue(response.latency > Duration.ZERO)
        }
        assertTrue("The answer." in whole.rawJson!!)
        assertEquals(null, streamed.rawJson)
    }

    @Test
    public fun `A18 what was not sent is null and never a guess`(): Unit = blocking {
        server.otherwise(FakeReply.text("x").withoutUsage())
        val whole = model().chat(ChatRequest.of("hi"))
        val streamed = (model().stream("hi").toList().last() as ChatEvent.Finished).response
        listOf(whole, streamed).forEach { response ->
            assertEquals(null, response.usage)
            assertEquals(null, response.reasoning)
            assertEquals(emptyList<ToolCall>(), response.toolCalls)
            assertEquals(FinishReason.STOP, response.finishReason)
            assertEquals(finishWord("stop"), response.rawFinishReason)
        }
    }

    @Test
    public fun `A18 the finish reason is mapped and an unknown one keeps its word`(): Unit = blocking {
        mapOf("length" to FinishReason.LENGTH, "tired" to FinishReason.OTHER).forEach { (reason, expected) ->
            val raw = finishWord(reason)
            server.otherwise(FakeReply.text("x").finishReason(raw))
            val whole = model().chat(ChatRequest.of("hi"))
            val streamed = (model().stream("hi").toList().last() as ChatEvent.Finished).response
            listOf(whole, streamed).forEach {
                assertEquals(expected, it.finishReason)
                assertEquals(raw, it.rawFinishReason)
            }
        }
    }

    @Test
    public fun `A18 a tool call without arguments has an empty object`(): Unit = blocking {
        server.otherwise(FakeReply.toolCall("c1", "now", ""))
        val whole = model().chat(ChatRequest.of("hi"))
        val streamed = (model().stream("hi").toList().last() as ChatEvent.Finished).response
        listOf(whole, streamed).forEach { assertEquals(listOf(ToolCall("c1", "now", "{}")), it.toolCalls) }
    }

    @Test
    public fun `A20 extra fields reach the top level of the body, nested as given, and replace ours`(): Unit =
        blocking {
            server.allowFields("custom")
            val request =
                ChatRequest {
                    user("hi")
                    extra("custom", mapOf("list" to listOf(1, true, null, "x")))
                    extra("model", "other")
                }
            model().chat(request)
            val seen = server.requests.single()
            assertEquals("[1,true,null,\"x\"]", seen.field("/custom/list"))
            assertEquals("other", seen.field("/model"))
            assertEquals(1, Regex("\"model\"").findAll(seen.body).count())
        }

    @Test
    public fun `an empty prompt is refused and nothing is sent`(): Unit = blocking {
        listOf("", " \n").forEach { prompt ->
            assertEquals(InvalidRequestException::class.java, failure { model().ask(prompt) }.javaClass)
            assertEquals(InvalidRequestException::class.java, failure { model().stream(prompt).first() }.javaClass)
        }
        assertEquals(0, server.requestCount)
    }

    /** Overridden for an API format whose streams have no end marker except the end of their body. */
    @Test
    public open fun `a stream that stays open behind its end marker is done at once`(): Unit = blocking {
        server.otherwise(FakeReply.text("one two").stayOpen())
        val last = model().stream("hi").toList().last()
        assertEquals("one two", (last as ChatEvent.Finished).response.text)
    }

    /** How many connections the transport may open for twenty calls, one after another. Default: one. */
    protected open val connectionsForTwentyCalls: IntRange get() = 1..1

    @Test
    public fun `calls and streams one after another share one connection, where the transport can`(): Unit = blocking {
        val transport = newTransport() ?: JdkTransport()
        val model = model(transport = transport)
        repeat(10) {
            model.ask("hi")
            transport.awaitIdle()
            model.stream("hi").toList()
            // A call that starts before the rest after the end marker has been read opens another connection.
            transport.awaitIdle()
        }
        assertTrue(server.connectionsAccepted in connectionsForTwentyCalls) { "${server.connectionsAccepted}" }
    }

    @Test
    public fun `a 10,000-character prompt is sent whole`(): Unit = blocking {
        val prompt = "long é ".repeat(1_429)
        model().ask(prompt)
        assertEquals(prompt, server.requests.single().prompt)
    }

    private fun <T> List<T>.joined(text: (T) -> String) = joinToString("", transform = text)

    /** The body of OpenAI's chat completions. */
    public companion object {
        /**
         * [whole] of OpenAI's chat completions, for a test of a transport below that provider:
         *
         * ```kotlin
         * class MyTransportFailuresTest : FailureContract("openai", "/max_completion_tokens", tellsDetails = true) {
         *     override val url: String get() = server.openAiUrl
         *     override val whole: String get() = OPENAI_BODY
         *
         *     override fun newTransport(): HttpTransport = MyTransport()
         * }
         * ```
         */
        public const val OPENAI_BODY: String = """{"model":"m","messages":[{"role":"system","content":"Be brief."},""" +
            """{"role":"user","content":"Weather in Paris?"},""" +
            """{"role":"assistant","content":"Let me look.","tool_calls":[{"id":"c1","type":"function",""" +
            """"function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}]},""" +
            """{"role":"tool","content":"sunny","tool_call_id":"c1"},{"role":"user","content":"And tomorrow?"}],""" +
            """"max_completion_tokens":50,"tools":[{"type":"function","function":{"name":"weather",""" +
            """"description":"Tells the weather","parameters":{"type":"object",""" +
            """"properties":{"city":{"type":"string"}}}}}],"temperature":0.25}"""

        private val SCHEMA =
            mapOf(
                "type" to "object",
                "properties" to mapOf("city" to mapOf("type" to "string")),
                "required" to listOf("city"),
            )
    }
}
