package dev.muster.fake

import com.openai.client.OpenAIClient
import com.openai.client.okhttp.OpenAIOkHttpClient
import com.openai.core.JsonValue
import com.openai.errors.BadRequestException
import com.openai.errors.RateLimitException
import com.openai.errors.UnauthorizedException
import com.openai.models.responses.FunctionTool
import com.openai.models.responses.Response
import com.openai.models.responses.ResponseCreateParams
import com.openai.models.responses.ResponseIncludable
import com.openai.models.responses.ResponseInputItem
import com.openai.models.responses.ResponseStatus
import com.openai.models.responses.ResponseStreamEvent
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.jvm.optionals.getOrNull

/** OpenAI's own client works with the server as OpenAI's Responses API. */
class OpenAiJavaResponsesTest {
    private val server = FakeServer.start()
    private val client: OpenAIClient =
        OpenAIOkHttpClient.builder().baseUrl(server.openAiUrl).apiKey("sk-test").maxRetries(0).build()

    private fun params(prompt: String = "hello"): ResponseCreateParams.Builder =
        ResponseCreateParams.builder().model("gpt-5.5").input(prompt).store(false)

    private val weather =
        FunctionTool
            .builder()
            .name("weather")
            .description("The weather")
            .strict(false)
            .parameters(
                FunctionTool.Parameters
                    .builder()
                    .putAdditionalProperty("type", JsonValue.from("object"))
                    .putAdditionalProperty("properties", JsonValue.from(mapOf("city" to mapOf("type" to "string"))))
                    .build(),
            ).build()

    private fun create(params: ResponseCreateParams.Builder): Response =
        client.responses().create(params.build()).validate()

    private fun streamed(params: ResponseCreateParams.Builder): List<ResponseStreamEvent> =
        client.responses().createStreaming(params.build()).use { it.stream().toList() }.onEach { it.validate() }

    private fun text(response: Response): String = response
        .output()
        .mapNotNull { it.message().getOrNull() }
        .flatMap { it.content() }
        .joinToString("") { it.asOutputText().text() }

    @AfterEach
    fun close() {
        client.close()
        server.close()
    }

    @Test
    fun `openai-java completes a response`() {
        server.otherwise(
            FakeReply.text("You said: hello").reasoning("Let me think").usage(10, 20, 3, 4).cacheCreation(2),
        )
        val asked = params().instructions("Be brief.").maxOutputTokens(50).temperature(0.5)
        val response = create(asked.addInclude(ResponseIncludable.REASONING_ENCRYPTED_CONTENT))
        assertEquals(ResponseStatus.COMPLETED, response.status().get())
        val reasoning = response.output()[0].asReasoning()
        assertEquals("Let me think", reasoning.summary().single().text())
        assertTrue(reasoning.encryptedContent().get().isNotEmpty())
        assertEquals("You said: hello", text(response))
        val usage = response.usage().get()
        assertEquals(
            listOf(10L, 3L, 2L, 20L, 4L, 30L),
            listOf(
                usage.inputTokens(),
                usage.inputTokensDetails().cachedTokens(),
                usage.inputTokensDetails().cacheWriteTokens(),
                usage.outputTokens(),
                usage.outputTokensDetails().reasoningTokens(),
                usage.totalTokens(),
            ),
        )
        val request = server.requests.single()
        assertEquals(listOf("system: Be brief.", "user: hello"), request.messages.map { it.toString() })
        assertEquals(50, request.maxTokens)
    }

    @Test
    fun `openai-java streams a response`() {
        server.otherwise(FakeReply.text("You said: hello").reasoning("Let me think").usage(10, 20))
        val events = streamed(params())
        assertEquals(
            "You said: hello",
            events.mapNotNull { it.outputTextDelta().getOrNull() }.joinToString("") { it.delta() },
        )
        assertEquals(
            "Let me think",
            events.mapNotNull { it.reasoningSummaryTextDelta().getOrNull() }.joinToString("") { it.delta() },
        )
        assertTrue(events.first().isCreated())
        val whole = events.last().asCompleted().response()
        assertEquals("You said: hello", text(whole))
        assertEquals(30, whole.usage().get().totalTokens())
        val numbers = events.map {
            it._json().get().asObject().get().getValue("sequence_number").convert(Int::class.java)
        }
        assertEquals(events.indices.toList(), numbers)
    }

    @Test
    fun `openai-java calls a tool in a response, whole and streamed, and sends its result back`() {
        server.on { it.messages.last().role == "user" }.reply(
            FakeReply.toolCall("call_1", "weather", """{"city":"Paris"}""").reasoning("hm"),
        )
        server.on { it.messages.last().role == "tool" }.reply { FakeReply.text("It is ${it.messages.last().text}") }
        val asking = { params().addTool(weather).addInclude(ResponseIncludable.REASONING_ENCRYPTED_CONTENT) }
        val first = create(asking())
        val call = first.output().last().asFunctionCall()
        assertEquals(
            listOf("call_1", "weather", """{"city":"Paris"}"""),
            listOf(call.callId(), call.name(), call.arguments()),
        )
        val items =
            listOf(
                ResponseInputItem.ofReasoning(first.output().first().asReasoning()),
                ResponseInputItem.ofFunctionCall(call),
                ResponseInputItem.ofFunctionCallOutput(
                    ResponseInputItem.FunctionCallOutput.builder().callId("call_1").output("sunny").build(),
                ),
            )
        assertEquals("It is sunny", text(create(asking().inputOfResponse(items))))
        assertEquals(listOf("assistant", "tool"), server.requests.last().messages.map { it.role })
        val events = streamed(asking())
        assertEquals(
            """{"city":"Paris"}""",
            events.mapNotNull { it.functionCallArgumentsDelta().getOrNull() }.joinToString("") { it.delta() },
        )
        val done = events.mapNotNull { it.outputItemDone().getOrNull() }.last().item().asFunctionCall()
        assertEquals("call_1", done.callId())
    }

    @Test
    fun `openai-java gets reasoning that it cannot read, and a 400 where it brings back another`() {
        server.on { it.messages.last().role == "user" }.reply(
            FakeReply.toolCall("call_1", "weather", "{}").encryptedReasoning("sealed"),
        )
        val asking = { params().addTool(weather).addInclude(ResponseIncludable.REASONING_ENCRYPTED_CONTENT) }
        val first = create(asking())
        val reasoning = first.output().first().asReasoning()
        assertEquals("sealed", reasoning.encryptedContent().get())
        assertEquals(0, reasoning.summary().size)
        val rest =
            listOf(
                ResponseInputItem.ofFunctionCall(first.output().last().asFunctionCall()),
                ResponseInputItem.ofFunctionCallOutput(
                    ResponseInputItem.FunctionCallOutput.builder().callId("call_1").output("sunny").build(),
                ),
            )
        create(asking().inputOfResponse(listOf(ResponseInputItem.ofReasoning(reasoning)) + rest))
        val changed = ResponseInputItem.ofReasoning(reasoning.toBuilder().encryptedContent("forged").build())
        val bad =
            assertThrows(BadRequestException::class.java) {
                create(asking().inputOfResponse(listOf(changed) + rest))
            }
        assertEquals("invalid_encrypted_content", bad.code().get())
        val streamed = streamed(asking()).firstNotNullOf { it.outputItemDone().getOrNull() }.item().asReasoning()
        assertEquals("sealed", streamed.encryptedContent().get())
    }

    @Test
    fun `openai-java knows how a response ends`() {
        mapOf(
            FakeReply.text("x") to null,
            FakeReply.text("x y").finishReason("length") to "max_output_tokens",
            FakeReply.text("x").finishReason("content_filter") to "content_filter",
        ).forEach { (reply, reason) ->
            server.otherwise(reply)
            val response = create(params())
            assertEquals(reason, response.incompleteDetails().getOrNull()?.reason()?.get()?.asString())
            val last = streamed(params()).last()
            assertEquals(reason == null, last.isCompleted())
            assertEquals(reason != null, last.isIncomplete())
        }
        server.otherwise(FakeReply.refusal("I must not."))
        val refusal = create(params()).output().single().asMessage().content().single().asRefusal()
        assertEquals("I must not.", refusal.refusal())
        assertEquals(
            "I must not.",
            streamed(params()).mapNotNull { it.refusalDelta().getOrNull() }.joinToString("") { it.delta() },
        )
    }

    @Test
    fun `openai-java gets its typed 400, 401 and 429 for a response`() {
        val bad = assertThrows(BadRequestException::class.java) { create(params().maxOutputTokens(15)) }
        assertEquals("integer_below_min_value", bad.code().get())
        assertEquals("max_output_tokens", bad.param().get())
        server.requireKey("another")
        val unknown = assertThrows(UnauthorizedException::class.java) { create(params()) }
        assertEquals("invalid_api_key", unknown.code().get())
        server.reset()
        server.otherwise(FakeReply.status(429))
        val limited = assertThrows(RateLimitException::class.java) { create(params()) }
        assertEquals("rate_limit_exceeded", limited.code().get())
    }

    @Test
    fun `openai-java gets a failure within a response, whole and streamed`() {
        server.otherwise(FakeReply.text("one two three").errorAfter(2, "server_error", "It fell over"))
        val failed = create(params())
        assertEquals(ResponseStatus.FAILED, failed.status().get())
        assertEquals("It fell over", failed.error().get().message())
        val events = streamed(params())
        assertEquals(listOf("one", " two"), events.mapNotNull { it.outputTextDelta().getOrNull()?.delta() })
        assertEquals("It fell over", events.last().asError().message())
        assertEquals("server_error", events.last().asError().code().get())
    }
}
