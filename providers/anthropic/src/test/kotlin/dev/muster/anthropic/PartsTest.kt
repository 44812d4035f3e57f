package dev.muster.anthropic

import dev.muster.chat.CacheControl
import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.ToolCall
import dev.muster.error.InsufficientFundsException
import dev.muster.error.InvalidRequestException
import dev.muster.error.MalformedResponseException
import dev.muster.error.MissingApiKeyException
import dev.muster.fake.FakeReply
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration
import java.time.Instant

/** Content, thinking, cache and lists, for which Anthropic has its own rules. */
class PartsTest : Wired() {
    @Test
    fun `A19 parts keep their order, and blank text is left out`() = blocking {
        val image = ContentPart.Image.url("https://example.com/a.png")
        send(Message.user(image, text(" \n"), text("or"), ContentPart.Document.of(byteArrayOf(1), "application/pdf")))
        val content = (0..3).map { server.requests.last().field("/messages/0/content/$it/type") }
        assertEquals(listOf("image", "text", "document", null), content)
        send(Message.user(listOf(text("one "), text("two"))))
        assertEquals("one two", server.requests.last().prompt)
        assertEquals("two", server.requests.last().field("/messages/0/content/1/text"))
    }

    @Test
    fun `A19 a document in text of any kind is sent as text, another kind is refused, and so are parts out of place`() =
        blocking {
            send(Message.user(text("?"), ContentPart.Document.of("a,b é".toByteArray(), "text/csv", "t.csv")))
            assertEquals("a,b é", server.requests.last().field("/messages/0/content/1/source/data"))
            val word = ContentPart.Document.of(byteArrayOf(1), "application/msword")
            val image = ContentPart.Image.url("https://example.com/a.png")
            val wrong =
                mapOf(
                    Message.user(text("?"), word) to "not 'application/msword'",
                    Message.assistant(listOf(text("x"), image), emptyList()) to "not in ASSISTANT messages",
                )
            wrong.forEach { (message, words) ->
                val error = failure { send(message) }
                assertEquals(InvalidRequestException::class.java, error.javaClass)
                assertTrue(words in error.message!!, error.message)
                assertTrue(error.message!!.startsWith("anthropic::m: "), error.message)
            }
            assertEquals(1, server.requestCount)
        }

    @Test
    fun `A23 the mark stands on the last block of system, user, assistant and tool messages`() = blocking {
        val hour = CacheControl(Duration.ofHours(1))
        val image = ContentPart.Image.url("https://example.com/a.png")
        val calls = listOf(ToolCall("c1", "f", "{}"), ToolCall("c2", "f", "{}"))
        send(
            Message.system("one"),
            Message.system("two").cached(hour),
            Message.user(text("a"), image).cached(hour),
            Message.assistant("said", calls).cached(hour),
            Message.tool("c1", "r1"),
            Message.tool("c2", "r2").cached(),
            Message.user("so?"),
        )
        val seen = server.requests.last()
        assertEquals(null, seen.rejection)
        val marked = Regex("\"cache_control\":\\{[^}]*}").findAll(seen.body).count()
        assertEquals(4, marked, seen.body)
        listOf("/system/1", "/messages/0/content/1", "/messages/1/content/2").forEach {
            assertEquals("1h", seen.field("$it/cache_control/ttl"), it)
        }
        assertEquals("{\"type\":\"ephemeral\"}", seen.field("/messages/2/content/1/cache_control"))
        assertEquals("so?", seen.field("/messages/3/content"))
        send(Message.user("q"), Message.assistant("Yes.").cached(), Message.user("and?"))
        assertEquals("ephemeral", server.requests.last().field("/messages/1/content/0/cache_control/type"))
    }

    @Test
    fun `A22 a budget the API would refuse is refused before sending, and a default limit leaves room for it`() =
        blocking {
            mapOf(
                (1_023 to null) to "at least 1024 tokens, not 1023",
                (2_000 to 2_000) to "must be greater than the reasoning budget",
            ).forEach { (figures, words) ->
                val error = failure { reason(Reasoning.budget(figures.first), figures.second) }
                assertEquals(InvalidRequestException::class.java, error.javaClass)
                assertTrue(words in error.message!!, error.message)
            }
            assertEquals(0, server.requestCount)
            reason(Reasoning.budget(1_024), 1_025)
            assertEquals("1025", server.requests.last().field("/max_tokens"))
            reason(Reasoning.budget(1_024), null)
            assertEquals("17024", server.requests.last().field("/max_tokens"))
        }

    @Test
    fun `A20 A22 what extra says of the output stands beside the effort, and goes before it`() = blocking {
        val closed = mapOf("type" to "object", "properties" to emptyMap<String, Any>(), "additionalProperties" to false)
        val format = mapOf("type" to "json_schema", "schema" to closed)
        suspend fun body(vararg fields: Pair<String, Any?>): String {
            model().chat(
                ChatRequest {
                    user("q")
                    reasoning(Reasoning.effort(ReasoningEffort.LOW))
                    extra(fields.toMap())
                },
            )
            assertEquals(null, server.requests.last().rejection)
            return server.requests.last().field("/output_config") + server.requests.last().field("/thinking")
        }
        val schema =
            """"format":{"type":"json_schema",""" +
                """"schema":{"type":"object","properties":{},"additionalProperties":false}}"""
        assertEquals(
            """{"effort":"low",$schema}{"type":"adaptive"}""",
            body("output_config" to mapOf("format" to format)),
        )
        assertEquals("""{"effort":"xhigh"}{"type":"adaptive"}""", body("output_config" to mapOf("effort" to "xhigh")))
        val betweenTools = mapOf("type" to "between_tools")
        assertEquals("""{"effort":"low"}{"type":"between_tools"}""", body("thinking" to betweenTools))
    }

    @Test
    fun `A22 an assistant message of foreign thoughts only is left out`() = blocking {
        val foreign = ContentPart.Reasoning("hm", "s", "gemini")
        send(Message.user("a"), Message.assistant(listOf(foreign), emptyList()), Message.user("b"))
        assertEquals(listOf("a", "b"), server.requests.last().messages.map { it.text })
    }

    @Test
    fun `A22 A23 an assistant message of foreign thoughts only is left out where it is marked for the cache, too`() =
        blocking {
            val foreign = Message.assistant(listOf(ContentPart.Reasoning("hm", "s", "gemini")), emptyList())
            send(Message.user("a"), foreign.cached(), Message.user("b"))
            assertEquals(listOf("a", "b"), server.requests.last().messages.map { it.text })
        }

    @Test
    fun `C1 ids of calls that another provider has made get the letters that Anthropic takes`() = blocking {
        val calls = listOf(ToolCall("functions.f:0", "f", "{}"), ToolCall("toolu_1-A", "g", "{}"))
        send(
            Message.user("q"),
            Message.assistant("", calls),
            Message.tool("functions.f:0", "r1"),
            Message.tool("toolu_1-A", "r2"),
        )
        val seen = server.requests.last()
        val asked = listOf(0, 1).map { seen.field("/messages/1/content/$it/id") }
        val answered = listOf(0, 1).map { seen.field("/messages/2/content/$it/tool_use_id") }
        assertEquals(listOf("functions_f_0", "toolu_1-A"), asked)
        assertEquals(asked, answered)
    }

    @Test
    fun `C12 an empty account is told by words inside a 400 only`() = blocking {
        val words = "Your credit balance is too low to access the Anthropic API."
        assertEquals(InsufficientFundsException::class.java, failure(FakeReply.status(400, "x", words)).javaClass)
        val other = failure(FakeReply.status(413, "x", words))
        assertEquals(InvalidRequestException::class.java, other.javaClass)
    }

    @Test
    fun `A18 the id of the exchange is Anthropic's where a proxy has one too`() = blocking {
        server.otherwise(FakeReply.text("x").header("x-request-id", "of-the-proxy"))
        assertEquals("req_fake_0", model().chat(ChatRequest.of("hi")).requestId)
        server.otherwise(FakeReply.text("x").header("x-request-id", "of-the-proxy").header("request-id", ""))
        assertEquals("of-the-proxy", model().chat(ChatRequest.of("hi")).requestId)
    }

    @Test
    fun `A10 a model has its name for people, its day and its limits, where the API knows them`() = blocking {
        val known =
            """{"type":"model","id":"m-1","display_name":"M 1","created_at":"2026-05-01T00:00:00Z",""" +
                """"max_input_tokens":200000,"max_tokens":64000,"capabilities":{"x":1}}"""
        val unknown = """{"id":"m-2","created_at":"1970-01-01T00:00:00Z","max_tokens":null}"""
        val odd = """{"id":"m-3","created_at":"yesterday"}"""
        val server = PageServer("""{"data":[$known,$unknown,$odd],"has_more":false,"last_id":"m-3"}""")
        val models = server.use { models(it.url) }
        val first = models.first()
        assertEquals("anthropic::m-1", first.id.toString())
        assertEquals(
            listOf("M 1", Instant.parse("2026-05-01T00:00:00Z"), 200_000L, 64_000L),
            listOf(first.displayName, first.created, first.contextWindow, first.maxOutputTokens),
        )
        models.drop(1).forEach {
            assertEquals(
                listOf(null, null, null, null),
                it.run {
                    listOf(displayName, created, contextWindow, maxOutputTokens)
                },
            )
        }
    }

    @Test
    fun `A10 a list that never ends, and what is no list, is malformed`() = blocking {
        val again = """{"data":[{"id":"a"}],"has_more":true,"last_id":"a"}"""
        listOf(again, """{"data":[],"has_more":true,"last_id":"a"}""", "{}", "[]", "x").forEach { body ->
            val error = failure { PageServer(body).use { models(it.url) } }
            assertEquals(MalformedResponseException::class.java, error.javaClass, body)
        }
    }

    @Test
    fun `A7 A10 a list without a key names the variable`() = blocking {
        val error = failure { client { provider("anthropic") { it.baseUrl(server.url) } }.models("anthropic") }
        assertEquals(MissingApiKeyException::class.java, error.javaClass)
        assertEquals(0, server.requestCount)
    }

    private suspend fun models(url: String) =
        client { provider("anthropic") { it.apiKey("k").baseUrl(url) } }.models("anthropic")

    private suspend fun send(vararg messages: Message) {
        model().chat(ChatRequest { messages(messages.asList()) })
    }

    private suspend fun reason(reasoning: Reasoning, limit: Int?) {
        model().chat(
            ChatRequest {
                user("q")
                reasoning(reasoning)
                maxTokens(limit)
            },
        )
    }

    private fun text(text: String) = ContentPart.Text(text)
}
