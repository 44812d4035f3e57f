package dev.muster.fake

import dev.langchain4j.agent.tool.ToolSpecification
import dev.langchain4j.data.message.AiMessage
import dev.langchain4j.data.message.SystemMessage
import dev.langchain4j.data.message.ToolExecutionResultMessage
import dev.langchain4j.data.message.UserMessage
import dev.langchain4j.data.segment.TextSegment
import dev.langchain4j.exception.AuthenticationException
import dev.langchain4j.exception.InvalidRequestException
import dev.langchain4j.exception.RateLimitException
import dev.langchain4j.model.chat.request.ChatRequest
import dev.langchain4j.model.chat.request.json.JsonObjectSchema
import dev.langchain4j.model.chat.response.ChatResponse
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler
import dev.langchain4j.model.ollama.OllamaChatModel
import dev.langchain4j.model.ollama.OllamaEmbeddingModel
import dev.langchain4j.model.ollama.OllamaModels
import dev.langchain4j.model.ollama.OllamaStreamingChatModel
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

/** LangChain4j's client works with the server as Ollama. */
class LangChain4jOllamaTest {
    private val server = FakeServer.start()
    private val model = model(0.5)
    private val weather =
        ToolSpecification.builder().name("weather").description("The weather")
            .parameters(JsonObjectSchema.builder().addStringProperty("city").required("city").build()).build()

    private fun model(temperature: Double): OllamaChatModel =
        OllamaChatModel.builder().maxRetries(0).baseUrl(server.ollamaUrl).modelName("gemma3:latest")
            .temperature(temperature).numPredict(50).build() as OllamaChatModel

    private fun stream(request: ChatRequest): Pair<List<String>, ChatResponse> {
        val streaming =
            OllamaStreamingChatModel.builder().baseUrl(server.ollamaUrl).modelName("gemma3:latest").build()
                as OllamaStreamingChatModel
        val done = CompletableFuture<ChatResponse>()
        val parts = ArrayList<String>()
        streaming.chat(
            request,
            object : StreamingChatResponseHandler {
                override fun onPartialResponse(part: String) {
                    parts += part
                }

                override fun onCompleteResponse(response: ChatResponse) {
                    done.complete(response)
                }

                override fun onError(error: Throwable) {
                    done.completeExceptionally(error)
                }
            },
        )
        return done.get(60, TimeUnit.SECONDS).let { parts to it }
    }

    @AfterEach
    fun close() = server.close()

    @Test
    fun `LangChain4j completes`() {
        val response = model.chat(SystemMessage("be brief"), UserMessage("hello"))
        assertEquals("You said: hello", response.aiMessage().text())
        assertEquals("STOP", response.finishReason().name)
        assertEquals(3, response.tokenUsage().inputTokenCount())
        assertEquals("50", server.requests.single().field("/options/num_predict"))
    }

    @Test
    fun `LangChain4j streams`() {
        val (parts, response) = stream(ChatRequest.builder().messages(UserMessage("hello")).build())
        assertEquals(listOf("You", " said:", " hello"), parts)
        assertEquals("You said: hello", response.aiMessage().text())
        assertEquals(3, response.tokenUsage().outputTokenCount())
    }

    @Test
    fun `LangChain4j calls a tool, whole and streamed, and sends its result back`() {
        server.on { it.messages.last().role == "user" }.reply(
            FakeReply.toolCall("call_1", "weather", """{"city":"Paris"}"""),
        )
        server.on { it.messages.last().role == "tool" }.reply { FakeReply.text("It is ${it.messages.last().text}") }
        val request = ChatRequest.builder().messages(UserMessage("weather?")).toolSpecifications(weather).build()
        val asking: AiMessage = model.chat(request).aiMessage()
        val call = asking.toolExecutionRequests().single()
        assertEquals("weather", call.name())
        assertTrue("Paris" in call.arguments())
        val result = ToolExecutionResultMessage.from(call, "sunny")
        val second = ChatRequest.builder().messages(UserMessage("weather?"), asking, result).toolSpecifications(weather)
        assertEquals("It is sunny", model.chat(second.build()).aiMessage().text())
        assertEquals("weather", stream(request).second.aiMessage().toolExecutionRequests().single().name())
    }

    @Test
    fun `LangChain4j gets its typed 400, 401 and 429`() {
        val bad = assertThrows(InvalidRequestException::class.java) { model(3.0).chat("hello") }
        assertTrue("Expected a value <= 2" in bad.message!!, bad.message)
        server.requireKey("wanted")
        assertThrows(AuthenticationException::class.java) { model.chat("hello") }
        server.reset()
        server.otherwise(FakeReply.status(429))
        assertThrows(RateLimitException::class.java) { model.chat("hello") }
    }

    @Test
    fun `LangChain4j lists models`() {
        server.models("a:latest")
        val models = OllamaModels.builder().baseUrl(server.ollamaUrl).build()
        assertEquals(listOf("a:latest"), models.availableModels().content().map { it.name })
    }

    @Test
    fun `A21 LangChain4j embeds`() {
        server.otherwise {
            FakeReply.embeddings(*it.inputs.map { text -> floatArrayOf(text.length.toFloat(), 0.5f) }.toTypedArray())
        }
        val embedder = OllamaEmbeddingModel.builder().baseUrl(server.ollamaUrl).modelName("e").build()
        val answer = embedder.embedAll(listOf(TextSegment.from("a"), TextSegment.from("bcd")))
        assertEquals(listOf(listOf(1f, 0.5f), listOf(3f, 0.5f)), answer.content().map { it.vectorAsList() })
        assertEquals("e", server.requests.single().model)
    }
}
