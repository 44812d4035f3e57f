package dev.muster.fake

import com.openai.client.OpenAIClient
import com.openai.client.okhttp.OpenAIOkHttpClient
import com.openai.core.JsonValue
import com.openai.errors.BadRequestException
import com.openai.errors.RateLimitException
import com.openai.errors.UnauthorizedException
import com.openai.models.FunctionDefinition
import com.openai.models.FunctionParameters
import com.openai.models.chat.completions.ChatCompletionCreateParams
import com.openai.models.chat.completions.ChatCompletionFunctionTool
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall
import com.openai.models.chat.completions.ChatCompletionStreamOptions
import com.openai.models.chat.completions.ChatCompletionToolMessageParam
import com.openai.models.embeddings.EmbeddingCreateParams
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** OpenAI's own client works with the server as OpenAI. */
class OpenAiJavaTest {
    private val server = FakeServer.start()
    private val client = client("sk-test")

    private fun client(key: String): OpenAIClient =
        OpenAIOkHttpClient.builder().baseUrl(server.openAiUrl).apiKey(key).maxRetries(0).build()

    private fun params(prompt: String = "hello"): ChatCompletionCreateParams.Builder =
        ChatCompletionCreateParams.builder().model("gpt-4o").addUserMessage(prompt)

    private val weather =
        ChatCompletionFunctionTool.builder().function(
            FunctionDefinition.builder().name("weather").description("The weather").parameters(
                FunctionParameters.builder()
                    .putAdditionalProperty("type", JsonValue.from("object"))
                    .putAdditionalProperty("properties", JsonValue.from(mapOf("city" to mapOf("type" to "string"))))
                    .build(),
            ).build(),
        ).build()

    @AfterEach
    fun close() {
        client.close()
        server.close()
    }

    @Test
    fun `openai-java completes`() {
        val completion = client.chat().completions().create(params().temperature(0.5).maxCompletionTokens(50).build())
        assertEquals("You said: hello", completion.choices().single().message().content().get())
        assertEquals("stop", completion.choices().single().finishReason().asString())
        assertEquals(4, completion.usage().get().totalTokens())
        assertEquals("50", server.requests.single().field("/max_completion_tokens"))
    }

    @Test
    fun `openai-java streams`() {
        val options = ChatCompletionStreamOptions.builder().includeUsage(true).build()
        client.chat().completions().createStreaming(params().streamOptions(options).build()).use { stream ->
            val chunks = stream.stream().toList()
            val text = chunks.flatMap { it.choices() }.mapNotNull { it.delta().content().orElse(null) }.joinToString("")
            assertEquals("You said: hello", text)
            assertEquals(4, chunks.last().usage().get().totalTokens())
            assertEquals("stop", chunks[chunks.size - 2].choices().single().finishReason().get().asString())
        }
    }

    @Test
    fun `openai-java calls a tool, whole and streamed, and sends its result back`() {
        server.on { it.messages.last().role == "user" }.reply(
            FakeReply.toolCall("call_1", "weather", """{"city":"Paris"}"""),
        )
        server.on { it.messages.last().role == "tool" }.reply { FakeReply.text("It is ${it.messages.last().text}") }
        val first = client.chat().completions().create(params().addTool(weather).build()).choices().single()
        assertEquals("tool_calls", first.finishReason().asString())
        val call: ChatCompletionMessageFunctionToolCall = first.message().toolCalls().get().single().asFunction()
        assertEquals(
            listOf("call_1", "weather", """{"city":"Paris"}"""),
            call.function().let {
                listOf(call.id(), it.name(), it.arguments())
            },
        )
        val result = ChatCompletionToolMessageParam.builder().toolCallId(call.id()).content("sunny").build()
        val second = params().addTool(weather).addMessage(first.message()).addMessage(result).build()
        val answer = client.chat().completions().create(second)
        assertEquals("It is sunny", answer.choices().single().message().content().get())
        client.chat().completions().createStreaming(params().addTool(weather).build()).use { stream ->
            val deltas = stream.stream().toList().flatMap {
                it.choices()
            }.flatMap { it.delta().toolCalls().orElse(listOf()) }
            assertEquals("call_1", deltas.first().id().get())
            val arguments = deltas.joinToString("") { it.function().get().arguments().orElse("") }
            assertEquals("""{"city":"Paris"}""", arguments)
        }
    }

    @Test
    fun `openai-java gets its typed 400, 401 and 429`() {
        val completions = client.chat().completions()
        val bad =
            assertThrows(BadRequestException::class.java) { completions.create(params().temperature(3.0).build()) }
        assertEquals("decimal_above_max_value", bad.code().get())
        assertEquals("temperature", bad.param().get())
        assertTrue("Expected a value <= 2" in bad.message!!, bad.message)
        server.requireKey("another")
        val unknown = assertThrows(UnauthorizedException::class.java) { completions.create(params().build()) }
        assertEquals("invalid_api_key", unknown.code().get())
        server.reset()
        server.otherwise(FakeReply.status(429))
        val limited = assertThrows(RateLimitException::class.java) { completions.create(params().build()) }
        assertEquals("rate_limit_exceeded", limited.code().get())
        assertEquals("req_fake_0", limited.headers().values("x-request-id").single())
    }

    @Test
    fun `openai-java embeds, as numbers and in base 64`() {
        val inputs = EmbeddingCreateParams.builder().model(
            "text-embedding-3-small",
        ).inputOfArrayOfStrings(listOf("a b", "c"))
        listOf(
            EmbeddingCreateParams.EncodingFormat.FLOAT,
            EmbeddingCreateParams.EncodingFormat.BASE64,
        ).forEach { format ->
            server.otherwise(FakeReply.embeddings(floatArrayOf(0.5f, -1f), floatArrayOf(0.25f, 3f)))
            val list = client.embeddings().create(inputs.encodingFormat(format).build()).validate()
            assertEquals(listOf(0L, 1L), list.data().map { it.index() })
            assertEquals(listOf(listOf(0.5f, -1f), listOf(0.25f, 3f)), list.data().map { it.embedding() })
            assertEquals(3, list.usage().promptTokens())
            assertEquals(listOf("a b", "c"), server.requests.last().inputs)
        }
        server.reset()
        val three = client.embeddings().create(inputs.dimensions(3).build()).data()
        assertEquals(listOf(3, 3), three.map { it.embedding().size })
        val empty = inputs.inputOfArrayOfStrings(listOf("")).build()
        val bad = assertThrows(BadRequestException::class.java) { client.embeddings().create(empty) }
        assertEquals("input[0]", bad.param().get())
    }

    @Test
    fun `openai-java lists models`() {
        server.models("a", "b")
        assertEquals(listOf("a", "b"), client.models().list().data().map { it.id() })
    }
}
