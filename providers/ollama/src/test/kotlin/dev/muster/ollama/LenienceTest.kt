package dev.muster.ollama

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import dev.muster.contract.ProviderTest
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.embed
import dev.muster.error.InvalidRequestException
import dev.muster.error.MalformedResponseException
import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** How gateways in front of Ollama, and versions of Ollama, deviate. */
class LenienceTest : ProviderTest("ollama") {
    override val url: String get() = server.ollamaUrl

    /** The response of [lines], streamed, and also whole if it [isOne]. */
    private suspend fun both(vararg lines: String, isOne: Boolean = true): List<ChatResponse> {
        server.otherwise(FakeReply.raw(200, "application/x-ndjson", lines.joinToString("\n", postfix = "\n")))
        val streamed = (model().stream("hi").toList().last() as ChatEvent.Finished).response
        return listOf(streamed) + if (isOne) listOf(model().chat(ChatRequest.of("hi"))) else emptyList()
    }

    private fun calls(vararg calls: String) =
        """{"message":{"content":"","tool_calls":[${calls.joinToString()}]},"done":true,"done_reason":"stop"}"""

    @Test
    fun `A18 ids that are numbers, given twice or missing are one each`() = blocking {
        val call = { id: String -> """{$id"function":{"name":"f","arguments":{"x":1}}}""" }
        val answer =
            calls(call("\"id\":7,"), call("\"id\":\"a\","), call("\"id\":\"a\","), call(""), call("\"id\":null,"))
        both(answer).forEach { response ->
            assertEquals(listOf("7", "a", "call_0", "call_1", "call_2"), response.toolCalls.map { it.id })
            assertEquals(setOf("f" to "{\"x\":1}"), response.toolCalls.map { it.name to it.arguments }.toSet())
        }
    }

    @Test
    fun `A18 arguments in a text, and a call that is no list, are read`() = blocking {
        val alone = """{"function":{"name":"f","arguments":"{\"x\":1}"}}"""
        val answer = """{"message":{"tool_calls":$alone},"done":true,"done_reason":"stop"}"""
        both(answer).forEach { response ->
            assertEquals(listOf("f" to "{\"x\":1}"), response.toolCalls.map { it.name to it.arguments })
            assertEquals(FinishReason.TOOL_CALLS, response.finishReason)
        }
    }

    @Test
    fun `A18 a call that cannot be read is malformed and not lost`() = blocking {
        server.otherwise(FakeReply.raw(calls("5") + "\n"))
        listOf(failure { model().ask("hi") }, failure { model().stream("hi").collect() }).forEach {
            assertEquals(MalformedResponseException::class.java, it.javaClass)
        }
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        nullValues = ["-"],
        value = [
            """"prompt_eval_count":5.0,"eval_count":"7" | 5 | 7""",
            """"prompt_eval_count":-5,"eval_count":7 | - | 7""",
            """"prompt_eval_count":null,"eval_count":9007199254740993 | - | -""",
            """"prompt_eval_count":"some" | - | -""",
        ],
    )
    fun `C20 counts are read as they come`(counts: String, asked: Long?, answered: Long?) = blocking {
        both("""{"message":{"content":"a"},"done":true,"done_reason":"stop",$counts}""").forEach {
            assertEquals("a", it.text)
            assertEquals(if (asked == null && answered == null) null else Usage(asked, answered), it.usage)
        }
    }

    @Test
    fun `C13 a mark of the byte order is passed over, whole, streamed and in an error`() = blocking {
        both("\uFEFF{\"message\":{\"content\":\"a\"},\"done\":true}").forEach { assertEquals("a", it.text) }
        val error = failure(FakeReply.raw(400, "application/json", "\uFEFF{\"error\":\"the words\"}"))
        assertTrue(error.message!!.endsWith(": the words"), error.message)
    }

    @ParameterizedTest
    @CsvSource("load", "unload")
    fun `C12 a model that was only loaded is the provider's failure, and not an empty answer`(reason: String) =
        blocking {
            listOf(
                """{"message":{"role":"assistant","content":""},"done":true,"done_reason":"$reason"}""",
                """{"model":"m","done":true,"done_reason":"$reason"}""",
            ).forEach { body ->
                server.otherwise(FakeReply.raw("$body\n"))
                listOf(failure { model().ask("hi") }, failure { model().stream("hi").collect() }).forEach {
                    assertEquals(ProviderException::class.java, it.javaClass)
                    assertEquals(listOf(reason, true), listOf(it.code, it.isRetryable))
                }
            }
            val said = """{"message":{"content":"a"},"done":true,"done_reason":"$reason"}"""
            both(said).forEach { assertEquals(listOf("a", FinishReason.OTHER), listOf(it.text, it.finishReason)) }
        }

    @Test
    fun `C13 an end of another kind, or an empty answer, is told as it is`() = blocking {
        both("""{"message":{"content":""},"done":true,"done_reason":"new"}""").forEach {
            assertEquals(listOf("", FinishReason.OTHER, "new"), listOf(it.text, it.finishReason, it.rawFinishReason))
        }
    }

    @Test
    fun `C12 an error within a stream keeps what had come`() = blocking {
        val lines = "{\"message\":{\"content\":\"a\"},\"done\":false}\n{\"error\":\"the model has gone\"}\n"
        val error = streamFailure(FakeReply.raw(200, "application/x-ndjson", lines))
        assertEquals(listOf("a", ProviderException::class.java), listOf(error.partialText, error.javaClass))
        assertTrue("the model has gone" in error.message!!, error.message)
    }

    @Test
    fun `C13 a stream for a whole answer is read as one`() = blocking {
        val lines =
            """{"message":{"content":"a","thinking":"t"},"done":false}""" + "\n" +
                """{"message":{"content":"b","tool_calls":[{"function":{"name":"f"}}]},"done":false}""" + "\n"
        val end = """{"message":{"content":""},"done":true,"done_reason":"stop","eval_count":3}""" + "\n"
        val answer = whole(lines + end)
        assertEquals(listOf("ab", "t", 3L), answer.run { listOf(text, reasoning, usage?.outputTokens) })
        assertEquals(listOf("call_0"), answer.toolCalls.map { it.id })
        assertEquals(MalformedResponseException::class.java, failure(FakeReply.raw(lines)).javaClass)
    }

    @Test
    fun `A20 seed and stop are sent, and what would change the protocol is refused`() = blocking {
        val request = ChatRequest {
            user("hi")
            seed(7)
            stop(listOf("end"))
        }
        model().chat(request.toBuilder().extra("stream", false).build())
        val seen = server.requests.single()
        assertEquals(listOf("7", "[\"end\"]"), listOf("/options/seed", "/options/stop").map { seen.field(it) })
        assertEquals(listOf("false"), Regex("\"stream\":(\\w+)").findAll(seen.body).map { it.groupValues[1] }.toList())
        listOf("stream" to true, "options" to listOf(1)).forEach { (name, value) ->
            val error = failure { model().chat(request.toBuilder().extra(name, value).build()) }
            assertEquals(InvalidRequestException::class.java, error.javaClass)
            assertTrue(name in error.message!!, error.message)
        }
        assertEquals(1, server.requestCount)
    }

    @Test
    fun `A1 a system message alone, and tools of any name, are sent`() = blocking {
        assertEquals("You said: ", model().chat(ChatRequest { system("Only this.") }).text)
        assertEquals(null, server.requests.single().rejection)
    }

    @ParameterizedTest
    @CsvSource("''", "/", "/api", "/api/chat", "/v1", "/v1/chat/completions", "/team", "/team/api/")
    fun `A8 a base URL may hold what the path begins with`(path: String) = blocking {
        client { provider("ollama") { it.baseUrl(server.url + path) } }.model("ollama::m").ask("hi")
        assertEquals((if ("team" in path) "/team" else "") + "/api/chat", server.requests.single().path)
    }

    @Test
    fun `A21 vectors of texts, or of nothing, are malformed, and counts are read as they come`() = blocking {
        val embedder = client { provider("ollama") { it.baseUrl(url) } }.embeddingModel("ollama::e")
        listOf("""[[1],["1"]]""", """[[1],[null]]""", """[[1],5]""", """[[1],[1e39]]""").forEach { vectors ->
            server.otherwise(FakeReply.raw("""{"embeddings":$vectors}"""))
            val error = failure { embedder.embed(listOf("a", "b")) }
            assertEquals(MalformedResponseException::class.java, error.javaClass, vectors)
        }
        server.otherwise(FakeReply.raw("""{"embeddings":[[1]],"prompt_eval_count":"3"}"""))
        assertEquals(3L, embedder.embed(EmbeddingRequest.of("a")).usage?.inputTokens)
    }
}
