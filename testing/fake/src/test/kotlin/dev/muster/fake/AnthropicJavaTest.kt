package dev.muster.fake

import com.anthropic.client.AnthropicClient
import com.anthropic.client.okhttp.AnthropicOkHttpClient
import com.anthropic.core.JsonValue
import com.anthropic.errors.AnthropicServiceException
import com.anthropic.errors.BadRequestException
import com.anthropic.errors.RateLimitException
import com.anthropic.errors.SseException
import com.anthropic.errors.UnauthorizedException
import com.anthropic.models.messages.ContentBlockParam
import com.anthropic.models.messages.MessageCreateParams
import com.anthropic.models.messages.RawMessageStreamEvent
import com.anthropic.models.messages.StopReason
import com.anthropic.models.messages.ThinkingConfigAdaptive
import com.anthropic.models.messages.ThinkingConfigParam
import com.anthropic.models.messages.Tool
import com.anthropic.models.messages.ToolResultBlockParam
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration
import kotlin.jvm.optionals.getOrNull

/** Anthropic's own client works with the server as Anthropic. */
class AnthropicJavaTest {
    private val server = FakeServer.start()
    private val client: AnthropicClient =
        AnthropicOkHttpClient.builder().baseUrl(server.anthropicUrl).apiKey("sk-ant-test").maxRetries(0).build()

    private fun params(prompt: String = "hello"): MessageCreateParams.Builder =
        MessageCreateParams.builder().model("claude-sonnet-4-5").maxTokens(50).addUserMessage(prompt)

    private val weather =
        Tool
            .builder()
            .name("weather")
            .description("The weather")
            .inputSchema(
                Tool.InputSchema.builder().properties(
                    JsonValue.from(mapOf("city" to mapOf("type" to "string"))).let {
                        Tool.InputSchema.Properties.builder().putAdditionalProperty("city", it).build()
                    },
                ).build(),
            ).build()

    private fun streamed(params: MessageCreateParams): List<RawMessageStreamEvent> =
        client.messages().createStreaming(params).use { it.stream().toList() }

    @AfterEach
    fun close() {
        client.close()
        server.close()
    }

    @Test
    fun `anthropic-java completes`() {
        server.otherwise(
            FakeReply.text("You said: hello").reasoning("Let me think").usage(10, 20, 3, 4).cacheCreation(2),
        )
        val message = client.messages().create(params().system("Be brief.").build())
        assertEquals("Let me think", message.content()[0].asThinking().thinking())
        assertEquals("You said: hello", message.content()[1].asText().text())
        assertEquals(StopReason.END_TURN, message.stopReason().get())
        val usage = message.usage()
        assertEquals(
            listOf(5L, 2L, 3L, 20L, 4L),
            listOf(
                usage.inputTokens(),
                usage.cacheCreationInputTokens().get(),
                usage.cacheReadInputTokens().get(),
                usage.outputTokens(),
                usage.outputTokensDetails().get().thinkingTokens(),
            ),
        )
        val request = server.requests.single()
        assertEquals("50", request.field("/max_tokens"))
        assertEquals(listOf("system: Be brief.", "user: hello"), request.messages.map { it.toString() })
    }

    @Test
    fun `anthropic-java streams`() {
        server.otherwise(FakeReply.text("You said: hello").reasoning("Let me think").usage(10, 20))
        val events = streamed(params().build())
        events.forEach { it.validate() }
        val deltas = events.mapNotNull { it.contentBlockDelta().getOrNull()?.delta() }
        assertEquals("You said: hello", deltas.mapNotNull { it.text().getOrNull()?.text() }.joinToString(""))
        assertEquals("Let me think", deltas.mapNotNull { it.thinking().getOrNull()?.thinking() }.joinToString(""))
        assertTrue(deltas.any { it.isSignature() })
        assertEquals(10, events.first().messageStart().get().message().usage().inputTokens())
        val last = events[events.size - 2].messageDelta().get()
        assertEquals(StopReason.END_TURN, last.delta().stopReason().get())
        assertEquals(20, last.usage().outputTokens())
        assertTrue(events.last().isMessageStop())
    }

    @Test
    fun `anthropic-java calls a tool, whole and streamed, and sends its result back`() {
        server.on { it.messages.last().role == "user" }.reply(
            FakeReply.toolCall("toolu_1", "weather", """{"city":"Paris"}"""),
        )
        server.on { it.messages.last().role == "tool" }.reply { FakeReply.text("It is ${it.messages.last().text}") }
        val first = client.messages().create(params().addTool(weather).build())
        assertEquals(StopReason.TOOL_USE, first.stopReason().get())
        val call = first.content().single().asToolUse()
        assertEquals(listOf("toolu_1", "weather"), listOf(call.id(), call.name()))
        assertEquals(JsonValue.from(mapOf("city" to "Paris")), call._input())
        val result = ToolResultBlockParam.builder().toolUseId(call.id()).content("sunny").build()
        val second =
            params()
                .addTool(weather)
                .addMessage(first)
                .addUserMessageOfContentBlockParams(listOf(ContentBlockParam.ofToolResult(result)))
        assertEquals("It is sunny", client.messages().create(second.build()).content().single().asText().text())
        val events = streamed(params().addTool(weather).build())
        assertEquals(
            "toolu_1",
            events.firstNotNullOf {
                it.contentBlockStart().getOrNull()
            }.contentBlock().asToolUse().id(),
        )
        val input = events.mapNotNull { it.contentBlockDelta().getOrNull()?.delta()?.inputJson()?.getOrNull() }
        assertEquals("""{"city":"Paris"}""", input.joinToString("") { it.partialJson() })
    }

    @Test
    fun `anthropic-java knows every stop reason`() {
        mapOf(
            FakeReply.text("x") to StopReason.END_TURN,
            FakeReply.text("x y").finishReason("length") to StopReason.MAX_TOKENS,
            FakeReply.refusal("No.") to StopReason.REFUSAL,
            FakeReply.text("x").finishReason("content_filter") to StopReason.REFUSAL,
            FakeReply.text("x").finishReason("pause_turn") to StopReason.PAUSE_TURN,
        ).forEach { (reply, expected) ->
            server.otherwise(reply)
            assertEquals(expected, client.messages().create(params().build()).stopReason().get())
            val last = streamed(params().build()).firstNotNullOf { it.messageDelta().getOrNull() }
            assertEquals(expected, last.delta().stopReason().get())
        }
        server.otherwise(FakeReply.text("x").finishReason("stop_sequence"))
        val stopped = client.messages().create(params().addStopSequence("END").build())
        assertEquals(StopReason.STOP_SEQUENCE, stopped.stopReason().get())
        assertEquals("END", stopped.stopSequence().get())
    }

    @Test
    fun `anthropic-java gets its typed 400, 401 and 429`() {
        val messages = client.messages()
        val bad = assertThrows(BadRequestException::class.java) { messages.create(params().maxTokens(-1).build()) }
        assertError(bad, "invalid_request_error", "max_tokens: ")
        server.requireKey("another")
        val unknown = assertThrows(UnauthorizedException::class.java) { messages.create(params().build()) }
        assertError(unknown, "authentication_error", "key")
        server.reset()
        server.otherwise(FakeReply.status(429).retryAfter(Duration.ofSeconds(2)))
        val limited = assertThrows(RateLimitException::class.java) { messages.create(params().build()) }
        assertError(limited, "rate_limit_error", "rate limit")
        assertEquals("req_fake_0", limited.requestId().get())
        assertEquals("2", limited.headers().values("retry-after").single())
    }

    private fun assertError(error: AnthropicServiceException, type: String, words: String) {
        assertEquals(type, error.type().get().asString())
        assertTrue(words in error.apiMessage().get(), error.apiMessage().get())
    }

    @Test
    fun `anthropic-java gets an overload in the middle of a stream`() {
        server.otherwise(FakeReply.text("one two three").errorAfter(2, "overloaded_error", "Overloaded"))
        val seen = mutableListOf<String>()
        val error =
            assertThrows(SseException::class.java) {
                client.messages().createStreaming(params().build()).use { stream ->
                    stream.stream().forEach { event ->
                        event.contentBlockDelta().getOrNull()?.delta()?.text()?.getOrNull()?.let { seen += it.text() }
                    }
                }
            }
        assertEquals(listOf("one", " two"), seen)
        assertEquals("overloaded_error", error.type().get().asString())
    }

    @Test
    fun `anthropic-java lists models`() {
        server.models("a", "b")
        assertEquals(listOf("a", "b"), client.models().list().data().map { it.id() })
    }

    @Test
    fun `A10 anthropic-java lists models page by page`() {
        val names = (1..45).map { "m-$it" }
        server.models(*names.toTypedArray())
        assertEquals(names, client.models().list().autoPager().map { it.id() })
        assertEquals(listOf("", "after_id=m-20", "after_id=m-40"), server.requests.map { it.query })
    }

    @Test
    fun `A22 anthropic-java sends thinking back with a tool's result, and what is dropped or changed is refused`() {
        server.on { it.messages.last().role == "user" }.reply(
            FakeReply.toolCall("toolu_1", "weather", "{}").reasoning("Let me see").encryptedReasoning("c2VjcmV0"),
        )
        val asked = params().addTool(weather).maxTokens(2000)
        listOf(
            ThinkingConfigParam.ofEnabled(1024),
            ThinkingConfigParam.ofAdaptive(ThinkingConfigAdaptive.builder().build()),
        ).forEach { thinking ->
            val first = client.messages().create(asked.thinking(thinking).build())
            assertEquals("Let me see", first.content()[0].asThinking().thinking())
            assertEquals("c2VjcmV0", first.content()[1].asRedactedThinking().data())
            val said = first.content().map { it.toParam() }
            val other = ContentBlockParam.ofThinking(
                first.content()[0].asThinking().toParam().toBuilder().thinking("x").build(),
            )
            assertEquals(null, answer(thinking, said))
            listOf(said.drop(1), said.take(1) + said.drop(2), listOf(said[1], said[0], said[2])).forEach {
                assertTrue("cannot be modified" in answer(thinking, it).orEmpty(), "$it")
            }
            assertTrue("Invalid `signature`" in answer(thinking, listOf(other) + said.drop(1)).orEmpty())
            val bare = answer(thinking, said.drop(2)).orEmpty()
            assertTrue((if (thinking.isEnabled()) "found `tool_use`" else "cannot be modified") in bare, bare)
        }
    }

    /** The server's refusal of the second round with these blocks, or null. */
    private fun answer(thinking: ThinkingConfigParam, said: List<ContentBlockParam>): String? {
        val result = ToolResultBlockParam.builder().toolUseId("toolu_1").content("sunny").build()
        val round =
            params()
                .addTool(weather)
                .maxTokens(2000)
                .thinking(thinking)
                .addAssistantMessageOfContentBlockParams(said)
                .addUserMessageOfContentBlockParams(listOf(ContentBlockParam.ofToolResult(result)))
        return try {
            client.messages().create(round.build())
            null
        } catch (e: BadRequestException) {
            e.message
        }
    }
}
