package dev.muster.fake

import com.google.genai.Client
import com.google.genai.ResponseStream
import com.google.genai.errors.ApiException
import com.google.genai.errors.ClientException
import com.google.genai.errors.ServerException
import com.google.genai.types.Content
import com.google.genai.types.EmbedContentConfig
import com.google.genai.types.FinishReason
import com.google.genai.types.FunctionDeclaration
import com.google.genai.types.GenerateContentConfig
import com.google.genai.types.GenerateContentResponse
import com.google.genai.types.HttpOptions
import com.google.genai.types.HttpRetryOptions
import com.google.genai.types.ListModelsConfig
import com.google.genai.types.Part
import com.google.genai.types.Schema
import com.google.genai.types.ThinkingConfig
import com.google.genai.types.Tool
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.jvm.optionals.getOrNull

/** Google's own client works with the server as Gemini. */
class GoogleGenAiTest {
    private val server = FakeServer.start()
    private val client =
        Client
            .builder()
            .apiKey("key")
            .httpOptions(
                HttpOptions
                    .builder()
                    .baseUrl(server.geminiUrl)
                    .retryOptions(HttpRetryOptions.builder().attempts(1))
                    .build(),
            ).build()

    private val config: GenerateContentConfig.Builder get() = GenerateContentConfig.builder().maxOutputTokens(50)

    private val weather =
        Tool
            .builder()
            .functionDeclarations(
                FunctionDeclaration
                    .builder()
                    .name("weather")
                    .description("The weather")
                    .parameters(
                        Schema
                            .builder()
                            .type("OBJECT")
                            .properties(mapOf("city" to Schema.builder().type("STRING").build()))
                            .build(),
                    ),
            ).build()

    private fun whole(prompt: String = "hello", with: GenerateContentConfig = config.build()) =
        client.models.generateContent("gemini-2.5-flash", prompt, with)

    private fun streamed(with: GenerateContentConfig = config.build()): List<GenerateContentResponse> =
        client.models.generateContentStream("gemini-2.5-flash", "hello", with).use { it.toList() }

    private fun parts(response: GenerateContentResponse): List<Part> = response.parts().orEmpty()

    @AfterEach
    fun close() {
        client.close()
        server.close()
    }

    @Test
    fun `google-genai completes`() {
        server.otherwise(FakeReply.text("You said: hello").reasoning("Let me think").usage(10, 20, 3, 4))
        val asked =
            config
                .systemInstruction(Content.fromParts(Part.fromText("Be brief.")))
                .temperature(0.5f)
                .topK(3f)
                .stopSequences("END")
                .thinkingConfig(ThinkingConfig.builder().includeThoughts(true).thinkingBudget(128))
        val response = whole(with = asked.build())
        assertEquals("You said: hello", response.text())
        assertEquals(
            listOf("Let me think"),
            parts(response).filter {
                it.thought().getOrNull() == true
            }.map { it.text().get() },
        )
        assertEquals(FinishReason.Known.STOP, response.finishReason().knownEnum())
        val usage = response.usageMetadata().get()
        assertEquals(
            listOf(10, 3, 16, 4, 30),
            listOf(
                usage.promptTokenCount().get(),
                usage.cachedContentTokenCount().get(),
                usage.candidatesTokenCount().get(),
                usage.thoughtsTokenCount().get(),
                usage.totalTokenCount().get(),
            ),
        )
        assertEquals("gemini-2.5-flash", response.modelVersion().get())
        val request = server.requests.single()
        assertEquals("/v1beta/models/gemini-2.5-flash:generateContent", request.path)
        assertEquals("50", request.field("/generationConfig/maxOutputTokens"))
        assertEquals(listOf("system: Be brief.", "user: hello"), request.messages.map { it.toString() })
        assertEquals("gemini-2.5-flash", request.model)
    }

    @Test
    fun `google-genai streams`() {
        server.otherwise(FakeReply.text("You said: hello").reasoning("Let me think").usage(10, 20))
        val events = streamed()
        assertEquals("You said: hello", events.mapNotNull { it.text() }.joinToString(""))
        val thoughts = events.flatMap(::parts).filter { it.thought().getOrNull() == true }
        assertEquals("Let me think", thoughts.joinToString("") { it.text().get() })
        assertEquals(10, events.first().usageMetadata().get().promptTokenCount().get())
        assertEquals(FinishReason.Known.STOP, events.last().finishReason().knownEnum())
        assertEquals(20, events.last().usageMetadata().get().candidatesTokenCount().get())
        assertEquals("alt=sse", server.requests.single().query)
        assertTrue(server.requests.single().stream)
    }

    @Test
    fun `google-genai calls a tool, whole and streamed, and sends its result back`() {
        server.on { it.messages.last().role == "user" }.reply(
            FakeReply.toolCall("call-1", "weather", """{"city":"Paris"}"""),
        )
        server.on { it.messages.last().role == "tool" }.reply { FakeReply.text("It is ${it.messages.last().text}") }
        val tools = config.tools(weather).build()
        val first = whole(with = tools)
        val call = first.functionCalls()!!.single()
        assertEquals(listOf("call-1", "weather"), listOf(call.id().get(), call.name().get()))
        assertEquals(mapOf("city" to "Paris"), call.args().get())
        val result = Part.builder().functionResponse(
            com.google.genai.types.FunctionResponse
                .builder()
                .id("call-1")
                .name("weather")
                .response(mapOf("output" to "sunny")),
        ).build()
        val history =
            listOf(
                Content.builder().role("user").parts(Part.fromText("hello")).build(),
                first.candidates().get().single().content().get(),
                Content.builder().role("user").parts(result).build(),
            )
        val second = client.models.generateContent("gemini-2.5-flash", history, tools)
        assertEquals("It is sunny", second.text())
        val called = streamed(tools).flatMap { it.functionCalls().orEmpty() }.single()
        assertEquals(mapOf("city" to "Paris"), called.args().get())
    }

    @Test
    fun `google-genai knows every finish reason and a call without an id`() {
        mapOf(
            FakeReply.text("x") to FinishReason.Known.STOP,
            FakeReply.text("x y").finishReason("length") to FinishReason.Known.MAX_TOKENS,
            FakeReply.refusal("No.") to FinishReason.Known.SAFETY,
            FakeReply.text("x").finishReason("content_filter") to FinishReason.Known.SAFETY,
            FakeReply.text("").finishReason("MALFORMED_FUNCTION_CALL") to FinishReason.Known.MALFORMED_FUNCTION_CALL,
        ).forEach { (reply, expected) ->
            server.otherwise(reply)
            assertEquals(expected, whole().finishReason().knownEnum())
            assertEquals(expected, streamed().last().finishReason().knownEnum())
        }
        server.otherwise(FakeReply.toolCall("", "now", "{}"))
        assertEquals(null, whole().functionCalls()!!.single().id().getOrNull())
    }

    @Test
    fun `google-genai gets its typed 400, 401, 403 and 429`() {
        assertError(400, "INVALID_ARGUMENT", "generation_config.temperature") {
            whole(with = config.temperature(3f).build())
        }
        server.requireKey("another")
        assertError(400, "INVALID_ARGUMENT", "API key not valid") { whole() }
        server.reset()
        server.otherwise(FakeReply.status(401))
        assertError(401, "UNAUTHENTICATED", "credentials") { whole() }
        server.otherwise(FakeReply.status(403))
        assertError(403, "PERMISSION_DENIED", "permission") { whole() }
        server.otherwise(FakeReply.status(429))
        assertError(429, "RESOURCE_EXHAUSTED", "exhausted") { whole() }
        assertError(429, "RESOURCE_EXHAUSTED", "exhausted") { streamed() }
        server.otherwise(FakeReply.status(503))
        assertEquals("UNAVAILABLE", assertThrows(ServerException::class.java) { whole() }.status())
    }

    private fun assertError(code: Int, status: String, words: String, call: () -> Unit) {
        val error: ApiException = assertThrows(ClientException::class.java, call)
        assertEquals(listOf(code, status), listOf(error.code(), error.status()))
        assertTrue(words in error.message(), error.message())
    }

    @Test
    fun `google-genai gets an overload in the middle of a stream`() {
        server.otherwise(FakeReply.text("one two three").errorAfter(2, "UNAVAILABLE", "Overloaded"))
        val seen = mutableListOf<String>()
        val stream: ResponseStream<GenerateContentResponse> =
            client.models.generateContentStream("gemini-2.5-flash", "hello", config.build())
        val error = assertThrows(ApiException::class.java) { stream.forEach { seen += it.text().orEmpty() } }
        stream.close()
        assertEquals(listOf("one", " two"), seen)
        assertEquals(listOf(503, "UNAVAILABLE"), listOf(error.code(), error.status()))
    }

    @Test
    fun `google-genai gets signatures and has to send them back`() {
        server.on { it.messages.last().role == "user" }.reply(
            FakeReply.toolCall("call-1", "weather", "{}").encryptedReasoning("c2ln"),
        )
        val first = whole(with = config.tools(weather).build())
        assertEquals("sig", parts(first).single().thoughtSignature().get().decodeToString())
        val result =
            Part.fromFunctionResponse("weather", mapOf("output" to "sunny")).toBuilder().let { part ->
                part.functionResponse(part.build().functionResponse().get().toBuilder().id("call-1").build()).build()
            }

        fun answered(said: Content) = client.models.generateContent(
            "gemini-3-pro",
            listOf(Content.fromParts(Part.fromText("hello")), said, Content.fromParts(result)),
            config.tools(weather).build(),
        )
        val said = first.candidates().get().single().content().get()
        assertEquals("You said: hello", answered(said).text())
        val call = Part.builder().functionCall(parts(first).single().functionCall().get()).build()
        assertError(400, "INVALID_ARGUMENT", "missing the thought_signature") {
            answered(Content.builder().role("model").parts(call).build())
        }
    }

    @Test
    fun `google-genai embeds one text and many`() {
        val short = EmbedContentConfig.builder().outputDimensionality(3).taskType("CLUSTERING").build()
        val many = client.models.embedContent("gemini-embedding-001", listOf("a", "b", "a"), short).embeddings().get()
        val one = client.models.embedContent("gemini-embedding-001", "a", short).embeddings().get()
        assertEquals(listOf(3, 3, 3), many.map { it.values().get().size })
        assertEquals(many[0].values().get(), many[2].values().get())
        assertEquals(many[0].values().get(), one.single().values().get())
        assertEquals(listOf(listOf("a", "b", "a"), listOf("a")), server.requests.map { it.inputs })
    }

    @Test
    fun `google-genai lists models, page by page`() {
        server.models("a", "b", "c", "d", "e")
        val pages = client.models.list(ListModelsConfig.builder().pageSize(2).build())
        assertEquals(listOf("a", "b", "c", "d", "e").map { "models/$it" }, pages.map { it.name().get() })
        assertEquals(3, server.requestCount)
    }
}
