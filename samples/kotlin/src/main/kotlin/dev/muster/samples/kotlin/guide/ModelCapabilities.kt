@file:Suppress("unused")

package dev.muster.samples.kotlin.guide

import dev.muster.MusterClient
import dev.muster.chat.CacheControl
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.EmbeddingResponse
import dev.muster.model.ChatModel
import java.io.File
import java.time.Duration

/*
 * What docs/models.md shows.
 */

internal suspend fun image(model: ChatModel, photo: File): ChatResponse {
    val question = Message.user(
        ContentPart.Text("What is on this picture?"),
        ContentPart.Image.of(photo.readBytes(), "image/jpeg"),
    )
    return model.chat(question)
}

internal fun document(report: File): Message = Message.user(
    ContentPart.Document.of(report.readBytes(), "application/pdf", "report.pdf"),
    ContentPart.Text("Sum it up in three sentences."),
)

internal suspend fun reasoning(model: ChatModel): ChatResponse = model.chat(
    ChatRequest {
        user("Is 2^61 - 1 a prime?")
        reasoning(Reasoning.effort(ReasoningEffort.HIGH).includeText(true))
    },
)

internal suspend fun agentThatThinks(client: MusterClient, photo: File): String {
    val agent = client.agent("gemini::gemini-3-flash-preview") {
        reasoning(Reasoning.effort(ReasoningEffort.LOW))
        stop(listOf("END"))
        seed(7)
    }
    val question = Message.user(
        ContentPart.Text("What is on this picture?"),
        ContentPart.Image.of(photo.readBytes(), "image/jpeg"),
    )
    return agent.ask(question)
}

internal fun nextRound(request: ChatRequest, response: ChatResponse, result: String): ChatRequest {
    val next = request.toBuilder()
    next.message(response.toMessage())
    next.message(Message.tool(response.toolCalls.first().id, result))
    return next.build()
}

internal fun cached(handbook: String, question: String): ChatRequest = ChatRequest {
    message(Message.system(handbook).cached(CacheControl(Duration.ofHours(1))))
    user(question)
}

internal suspend fun embeddings(client: MusterClient, texts: List<String>): EmbeddingResponse {
    val embedder = client.embeddingModel("openai::text-embedding-3-small")
    return embedder.embed(EmbeddingRequest.builder().inputs(texts).dimensions(256).build())
}

internal suspend fun models(client: MusterClient): List<String?> = client.models("anthropic").map { it.displayName }

internal fun extra(): ChatRequest = ChatRequest {
    user("What is new?")
    extra("tools", listOf(mapOf("type" to "web_search_20250305", "name" to "web_search")))
}
