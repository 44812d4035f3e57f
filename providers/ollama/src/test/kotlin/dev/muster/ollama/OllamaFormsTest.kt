package dev.muster.ollama

import dev.muster.MusterClient
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.ToolCall
import dev.muster.embedding.embed
import dev.muster.error.ContextLengthExceededException
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.error.ProviderException
import dev.muster.error.StreamTruncatedException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.ollama.internal.ollamaHost
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** The features that only Ollama has. */
class OllamaFormsTest {
    private val server = FakeServer.start()
    private val client =
        MusterClient { environment(mapOf("OLLAMA_HOST" to "127.0.0.1:${server.port}")) }
    private val model = client.model("ollama::gemma3:latest")

    @AfterEach
    fun closeAll() {
        client.close()
        server.close()
    }

    @Test
    fun `A7 no key is needed and none is sent`() = blocking {
        assertEquals("You said: hi", model.ask("hi"))
        assertEquals(null, server.requests.single().header("Authorization"))
        assertEquals("gemma3:latest", server.requests.single().field("/model"))
    }

    @ParameterizedTest
    @CsvSource(
        "localhost, http://localhost:11434",
        "127.0.0.1:8080, http://127.0.0.1:8080",
        "0.0.0.0, http://127.0.0.1:11434",
        "0.0.0.0:1234, http://127.0.0.1:1234",
        ":1234, http://127.0.0.1:1234",
        "[::1], http://[::1]:11434",
        "[::]:1234, http://127.0.0.1:1234",
        "http://host, http://host",
        "https://host/ollama/, https://host/ollama",
        "http://host:99, http://host:99",
        "'\"quoted\"', http://quoted:11434",
    )
    fun `A8 OLLAMA_HOST is read by Ollama's rules`(value: String, expected: String): Unit =
        assertEquals(expected, ollamaHost(value))

    @Test
    fun `A8 an endpoint of one's own needs a base URL`() {
        MusterClient { provider("mine") { it.compatibleWith("ollama") } }.use { own ->
            assertThrows<IllegalArgumentException> { own.model("mine::m") }
        }
        MusterClient { provider("mine") { it.compatibleWith("ollama").baseUrl(server.ollamaUrl) } }.use { own ->
            blocking { assertEquals("You said: hi", own.model("mine::m").ask("hi")) }
        }
    }

    @Test
    fun `A20 options of extra are added to ours and go before them`() = blocking {
        val request =
            ChatRequest {
                user("hi")
                temperature(0.5)
                maxTokens(7)
                extra("options", mapOf("num_ctx" to 4096, "temperature" to 0.1))
                extra("keep_alive", "5m")
            }
        model.chat(request)
        val seen = server.requests.single()
        assertEquals(
            listOf("4096", "0.1", "7"),
            listOf("num_ctx", "temperature", "num_predict").map {
                seen.field("/options/$it")
            },
        )
        assertEquals("5m", seen.field("/keep_alive"))
    }

    @Test
    fun `A19 what Ollama cannot read is refused with what to do instead`() = blocking {
        val image = ContentPart.Image.url("https://example.com/a.png")
        val document = ContentPart.Document.of(byteArrayOf(1), "application/pdf")
        val inSystem = Message.assistant(listOf(ContentPart.Image.of(byteArrayOf(1), "image/png")), emptyList())
        mapOf(
            Message.user(image) to "send the bytes",
            Message.user(document) to "send their text",
            inSystem to "not in ASSISTANT messages",
        ).forEach { (message, words) ->
            val error = failure { model.chat(ChatRequest { message(message) }) }
            assertEquals(InvalidRequestException::class.java, error.javaClass)
            assertTrue(words in error.message!!, error.message)
        }
        assertEquals(0, server.requestCount)
    }

    @Test
    fun `A22 thinking is kept for the results of tools only, and a budget is refused`() = blocking {
        server.otherwise(FakeReply.text("x").reasoning("hm"))
        val whole = model.chat(ChatRequest.of("hi"))
        val streamed = (model.stream("hi").toList().last() as ChatEvent.Finished).response
        listOf(whole, streamed).forEach {
            assertEquals("hm", it.reasoning)
            assertEquals(emptyList<ContentPart.Reasoning>(), it.reasoningParts)
        }
        val request =
            ChatRequest {
                user("hi")
                reasoning(Reasoning.budget(2_048))
            }
        assertTrue("set an effort instead" in failure { model.chat(request) }.message!!)
    }

    @Test
    fun `A20 A22 think of extra replaces ours`() = blocking {
        val request =
            ChatRequest {
                user("hi")
                reasoning(Reasoning.effort(ReasoningEffort.HIGH))
                extra("think", true)
            }
        model.chat(request)
        assertEquals("true", server.requests.single().field("/think"))
    }

    @Test
    fun `A10 models are those that have been pulled, by the name that calls take`() = blocking {
        server.models("gemma3:latest", "hf.co/x/y:Q4")
        assertEquals(
            listOf("ollama::gemma3:latest", "ollama::hf.co/x/y:Q4"),
            client.models("ollama").map { it.id.toString() },
        )
        assertEquals("/api/tags", server.requests.single().path)
    }

    @Test
    fun `A21 an error in place of vectors is the provider's failure`() = blocking {
        server.otherwise(FakeReply.raw("""{"error":"the model has gone"}"""))
        val error = failure { client.embeddingModel("ollama::e").embed("hi") }
        assertEquals(ProviderException::class.java, error.javaClass)
        assertTrue("the model has gone" in error.message!!, error.message)
    }

    @Test
    fun `A2 arguments go as an object and a result names its tool`() = blocking {
        val request =
            ChatRequest {
                user("hi")
                message(
                    Message.assistant("", listOf(ToolCall("c1", "f", "{\"x\":1}"), ToolCall("c2", "g", "oops"))),
                )
                message(Message.tool("c2", "2"))
                message(Message.tool("c1", "1"))
            }
        model.chat(request)
        val seen = server.requests.single()
        assertEquals("{\"x\":1}", seen.field("/messages/1/tool_calls/0/function/arguments"))
        assertEquals("{}", seen.field("/messages/1/tool_calls/1/function/arguments"))
        assertEquals(
            listOf("g", "f"),
            listOf("/messages/2/tool_name", "/messages/3/tool_name").map {
                seen.field(it)
            },
        )
    }

    @Test
    fun `C1 two rounds of tools with the same ids keep their names apart`() = blocking {
        model.chat(
            ChatRequest {
                user("q")
                message(Message.assistant("", listOf(ToolCall("call_0", "f", "{}"))))
                message(Message.tool("call_0", "r1"))
                message(Message.assistant("", listOf(ToolCall("call_0", "g", "{}"))))
                message(Message.tool("call_0", "r2"))
            },
        )
        val seen = server.requests.single()
        assertEquals(listOf("f", "g"), listOf(2, 4).map { seen.field("/messages/$it/tool_name") })
    }

    @Test
    fun `A18 tool calls without an id get one each`() = blocking {
        val calls = """[{"function":{"name":"f","arguments":{"x":1}}},{"function":{"name":"g"}}]"""
        val body = """{"model":"x","message":{"content":"","tool_calls":$calls},"done":true,"done_reason":"stop"}"""
        server.otherwise(FakeReply.raw("$body\n"))
        val expected = listOf(ToolCall("call_0", "f", "{\"x\":1}"), ToolCall("call_1", "g", "{}"))
        assertEquals(expected, model.chat(ChatRequest.of("hi")).toolCalls)
        val streamed = (model.stream("hi").toList().last() as ChatEvent.Finished).response
        assertEquals(expected, streamed.toolCalls)
        assertEquals(FinishReason.TOOL_CALLS, streamed.finishReason)
        assertEquals("stop", streamed.rawFinishReason)
    }

    @Test
    fun `A18 no call gets an id that an earlier one of its conversation has`() = blocking {
        val calls = """[{"function":{"name":"f"}},{"id":"own","function":{"name":"f"}},{"function":{"name":"f"}}]"""
        val body = """{"model":"x","message":{"content":"","tool_calls":$calls},"done":true,"done_reason":"stop"}"""
        server.otherwise(FakeReply.raw("$body\n"))
        val earlier = listOf("call_0", "call_11", "call_x", "toolu_99").map { ToolCall(it, "f", "{}") }
        val request =
            ChatRequest {
                user("q")
                message(Message.assistant("", earlier))
                earlier.forEach { message(Message.tool(it.id, "r")) }
            }
        val streamed = (model.stream(request).toList().last() as ChatEvent.Finished).response
        listOf(model.chat(request), streamed).forEach { response ->
            assertEquals(listOf("call_1", "own", "call_2"), response.toolCalls.map { it.id })
        }
    }

    @Test
    fun `C13 a last line without its line end counts where it is whole and not where it is cut`() = blocking {
        val begin = "{\"message\":{\"content\":\"a\"},\"done\":false}\n"
        server.otherwise(FakeReply.raw(begin + "{\"message\":{\"content\":\"b\"},\"done\":true}"))
        val whole = (model.stream("hi").toList().last() as ChatEvent.Finished).response
        assertEquals("ab", whole.text)
        assertEquals(FinishReason.STOP, whole.finishReason)
        server.otherwise(FakeReply.raw(begin + "{\"message\":{\"cont"))
        val error = failure { model.stream("hi").collect() }
        assertEquals(StreamTruncatedException::class.java, error.javaClass)
        assertEquals("a", error.partialText)
    }

    @Test
    fun `C12 words about the length count inside a 400`() = blocking {
        server.otherwise(FakeReply.status(400, "", "the input exceeds the context length"))
        assertEquals(ContextLengthExceededException::class.java, failure { model.ask("hi") }.javaClass)
    }

    private suspend fun failure(call: suspend () -> Unit): LlmException {
        try {
            call()
        } catch (e: LlmException) {
            return e
        }
        throw AssertionError("the call did not fail")
    }

    private fun blocking(block: suspend CoroutineScope.() -> Unit): Unit = runBlocking {
        withTimeout(60_000) { block() }
    }
}
