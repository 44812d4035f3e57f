package dev.muster.openai

import dev.muster.chat.CacheControl
import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.contract.ProviderTest
import dev.muster.error.InvalidRequestException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeRequest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration

/** The requests on the wire, in both of OpenAI's API formats and for endpoints that differ. */
class RequestFormsTest : ProviderTest("openai") {
    override val url: String get() = server.openAiUrl

    private suspend fun sent(provider: String, build: ChatRequest.Builder.() -> Unit): FakeRequest {
        server.allowFields("thinking", "reasoning", "random_seed")
        model(provider = provider).chat(ChatRequest(build))
        return server.requests.last()
    }

    private suspend fun refused(provider: String, build: ChatRequest.Builder.() -> Unit) {
        val before = server.requestCount
        val error = failure { model(provider = provider).chat(ChatRequest(build)) }
        assertEquals(InvalidRequestException::class.java, error.javaClass)
        assertEquals(listOf(provider, "m"), listOf(error.provider, error.model))
        assertEquals(before, server.requestCount)
    }

    @Test
    fun `A19 images go as data URL or by URL, between texts, in both forms`() = blocking {
        val parts =
            arrayOf(
                ContentPart.Text("What is"),
                ContentPart.Image.of(byteArrayOf(1, 2, 3), "image/png"),
                ContentPart.Image.url("https://example.org/a.jpg"),
                ContentPart.Text(" this?"),
            )
        val chat = sent("openai") { message(Message.user(*parts)) }
        assertEquals("What is this?", chat.prompt)
        assertEquals("data:image/png;base64,AQID", chat.field("/messages/0/content/1/image_url/url"))
        assertEquals("https://example.org/a.jpg", chat.field("/messages/0/content/2/image_url/url"))
        val response = sent("openai-responses") { message(Message.user(*parts)) }
        assertEquals("What is this?", response.prompt)
        assertEquals("input_image", response.field("/input/0/content/1/type"))
        assertEquals("data:image/png;base64,AQID", response.field("/input/0/content/1/image_url"))
        assertEquals("https://example.org/a.jpg", response.field("/input/0/content/2/image_url"))
    }

    @Test
    fun `A19 documents go under their name, or under one that we give`() = blocking {
        val named = ContentPart.Document.of(byteArrayOf(1, 2, 3), "application/pdf", "plan.pdf")
        val unnamed = ContentPart.Document.of(byteArrayOf(1), "application/pdf")
        val chat = sent("openai") { message(Message.user(named, unnamed, ContentPart.Text("Read."))) }
        assertEquals("data:application/pdf;base64,AQID", chat.field("/messages/0/content/0/file/file_data"))
        assertEquals("plan.pdf", chat.field("/messages/0/content/0/file/filename"))
        assertEquals("document.pdf", chat.field("/messages/0/content/1/file/filename"))
        val link = ContentPart.Document.url("https://example.org/a.pdf")
        val response = sent("openai-responses") { message(Message.user(named, link, ContentPart.Text("Read."))) }
        assertEquals("data:application/pdf;base64,AQID", response.field("/input/0/content/0/file_data"))
        assertEquals("plan.pdf", response.field("/input/0/content/0/filename"))
        assertEquals("https://example.org/a.pdf", response.field("/input/0/content/1/file_url"))
        refused("openai") { message(Message.user(link)) }
    }

    @Test
    fun `A19 images belong to user messages, and elsewhere are refused`() = blocking {
        val image = ContentPart.Image.url("https://example.org/a.jpg")
        listOf("openai", "openai-responses").forEach { provider ->
            refused(provider) {
                user("hi")
                message(Message.assistant(listOf(ContentPart.Text("x"), image), emptyList()))
                user("hi")
            }
        }
    }

    @Test
    fun `A22 the effort is said in each endpoint's word`() = blocking {
        val words =
            mapOf(
                "openai" to "none minimal low medium high max",
                "azure" to "none minimal low medium high max",
                "groq" to "none low low medium high high",
                "xai" to "none low low medium high high",
                "mistral" to "none minimal low medium high xhigh",
                "together" to "- low low medium high high",
                "fireworks" to "none low low medium high high",
                "cerebras" to "- low low medium high high",
                "vllm" to "none low low medium high high",
                "deepseek" to "* minimal low medium high max",
            )
        words.forEach { (provider, line) ->
            ReasoningEffort.entries.zip(line.split(" ")).forEach { (effort, word) ->
                val build: ChatRequest.Builder.() -> Unit = {
                    user("hi")
                    reasoning(Reasoning.effort(effort))
                }
                if (word == "-") {
                    refused(provider, build)
                } else {
                    val expected = word.takeIf { it != "*" }
                    assertEquals(expected, sent(provider, build).field("/reasoning_effort"), "$provider $effort")
                }
            }
        }
    }

    @Test
    fun `A22 DeepSeek and OpenRouter say it in ways of their own`() = blocking {
        val none = sent("deepseek") { user("hi").reasoning(Reasoning.effort(ReasoningEffort.NONE)) }
        assertEquals("disabled", none.field("/thinking/type"))
        val some = sent("openrouter") { user("hi").reasoning(Reasoning.effort(ReasoningEffort.MAX)) }
        assertEquals("max", some.field("/reasoning/effort"))
        val budget = sent("openrouter") { user("hi").reasoning(Reasoning.budget(2000)) }
        assertEquals("{\"max_tokens\":2000}", budget.field("/reasoning"))
    }

    @Test
    fun `A22 effort and summary of the Responses API, and the encrypted reasoning only where it reasons`() = blocking {
        val effort = Reasoning.effort(ReasoningEffort.HIGH)
        val plain = sent("openai-responses") { user("hi") }
        assertEquals(listOf(null, null, "false"), listOf("/reasoning", "/include", "/store").map(plain::field))
        val high = sent("openai-responses") { user("hi").reasoning(effort) }
        assertEquals("{\"effort\":\"high\"}", high.field("/reasoning"))
        assertEquals("[\"reasoning.encrypted_content\"]", high.field("/include"))
        val told = sent("openai-responses") { user("hi").reasoning(effort.includeText(true)) }
        assertEquals("auto", told.field("/reasoning/summary"))
        val none = sent("openai-responses") { user("hi").reasoning(Reasoning.effort(ReasoningEffort.NONE)) }
        assertEquals(listOf("none", null), listOf("/reasoning/effort", "/include").map(none::field))
    }

    @Test
    fun `A22 what a form cannot express is refused before it is sent`() = blocking {
        listOf("openai", "openai-responses", "deepseek").forEach { provider ->
            refused(provider) { user("hi").reasoning(Reasoning.budget(1000)) }
        }
        refused("openai") { user("hi").reasoning(Reasoning.effort(ReasoningEffort.LOW).includeText(true)) }
        refused("openai-responses") { user("hi").stop(listOf("END")) }
    }

    @Test
    fun `A22 DeepSeek gets its reasoning back with the results of the tools, others do not`() = blocking {
        server.otherwise(FakeReply.toolCall("c1", "now", "{}").reasoning("hm, so"))
        val whole = model(provider = "deepseek").chat(ChatRequest.of("hi"))
        assertEquals("hm, so", whole.reasoningParts.single().text)
        server.otherwise(FakeReply.text("x"))
        server.allowFields("reasoning_content")
        val history = arrayOf(Message.user("hi"), whole.toMessage(), Message.tool("c1", "noon"))
        val pointer = "/messages/1/reasoning_content"
        assertEquals("hm, so", sent("deepseek") { messages(history.asList()) }.field(pointer))
        assertEquals(null, sent("openai") { messages(history.asList()) }.field(pointer))
        val silent = Message.assistant("", listOf(ToolCall("c1", "now", "{}")))
        val unknown = sent("deepseek") { messages(listOf(Message.user("hi"), silent, Message.tool("c1", "noon"))) }
        assertEquals("", unknown.field(pointer))
        assertTrue(model().chat(ChatRequest.of("hi")).reasoningParts.isEmpty())
    }

    @Test
    fun `A22 reasoning of another form is left out`() = blocking {
        val foreign = ContentPart.Reasoning("hm", "signature", "anthropic")
        listOf("openai", "openai-responses").forEach { provider ->
            val seen =
                sent(provider) {
                    user("hi")
                    message(Message.assistant(listOf(foreign, ContentPart.Text("x")), emptyList()))
                    user("and?")
                }
            assertTrue("hm" !in seen.body && "signature" !in seen.body, seen.body)
            assertEquals(listOf("user", "assistant", "user"), seen.messages.map { it.role })
        }
    }

    @Test
    fun `A23 key and time of the cache are said where the endpoint knows them`() = blocking {
        val long = CacheControl(Duration.ofHours(2), "team-a")
        val pointers = listOf("/prompt_cache_key", "/prompt_cache_retention")
        mapOf(
            "openai" to listOf("team-a", "24h"),
            "openai-responses" to listOf("team-a", "24h"),
            "azure" to listOf("team-a", "24h"),
            "mistral" to listOf("team-a", null),
            "groq" to listOf(null, null),
        ).forEach { (provider, expected) ->
            val seen = sent(provider) { message(Message.system("Long.").cached(long)).user("hi") }
            assertEquals(expected, pointers.map(seen::field), provider)
        }
        val short =
            sent("openai") { message(Message.system("Long.").cached(CacheControl(Duration.ofHours(1)))).user("hi") }
        assertEquals(listOf(null, null), pointers.map(short::field))
    }

    @Test
    fun `A20 a field of extra replaces ours, in both forms`() = blocking {
        val chat =
            sent("openai") {
                user("hi").reasoning(Reasoning.effort(ReasoningEffort.LOW)).extra("reasoning_effort", "high")
            }
        assertEquals("high", chat.field("/reasoning_effort"))
        val response = sent("openai-responses") { user("hi").extra("store", true).extra("include", emptyList<Any>()) }
        assertEquals(listOf("true", "[]"), listOf("/store", "/include").map(response::field))
    }

    @Test
    fun `A3 a tool that takes nothing says so in both forms, as OpenAI wants it said`() = blocking {
        val tools =
            listOf(
                ToolDefinition("a", "A", emptyMap()),
                ToolDefinition("b", "B", mapOf("type" to "object", "additionalProperties" to false)),
            )
        val chat = sent("openai") { user("hi").tools(tools) }
        val response = sent("openai-responses") { user("hi").tools(tools) }
        val nothing = """"type":"object","properties":{}"""
        listOf(chat to "function/parameters", response to "parameters").forEach { (seen, at) ->
            assertEquals("{$nothing}", seen.field("/tools/0/$at"))
            assertEquals("{$nothing,\"additionalProperties\":false}", seen.field("/tools/1/$at"))
        }
    }

    @Test
    fun `C1 ids of calls that another provider has made get the form that Mistral takes`() = blocking {
        val build: ChatRequest.Builder.() -> Unit = {
            user("q")
            message(Message.assistant("", listOf(ToolCall("call_abc-1", "f", "{}"), ToolCall("Ab3dEf7h9", "g", "{}"))))
            message(Message.tool("call_abc-1", "r1"))
            message(Message.tool("Ab3dEf7h9", "r2"))
        }

        fun FakeRequest.ids() = listOf("1/tool_calls/0/id", "1/tool_calls/1/id", "2/tool_call_id", "3/tool_call_id")
            .map { field("/messages/$it").orEmpty() }
        val ids = sent("mistral", build).ids()
        assertTrue(ids[0].matches(Regex("[a-zA-Z0-9]{9}")), ids[0])
        assertEquals(listOf(ids[0], "Ab3dEf7h9", ids[0], "Ab3dEf7h9"), ids)
        assertEquals(listOf("call_abc-1", "Ab3dEf7h9", "call_abc-1", "Ab3dEf7h9"), sent("openai", build).ids())
    }

    @Test
    fun `A2 the Responses API gets system messages where they stand, and tools that are not strict`() = blocking {
        val seen =
            sent("openai-responses") {
                system("One.").user("hi").system("Two.").user("again")
                tools(listOf(ToolDefinition("f", "F", mapOf("type" to "object"))))
            }
        assertEquals(listOf("system", "user", "system", "user"), seen.messages.map { it.role })
        assertEquals("false", seen.field("/tools/0/strict"))
    }
}
