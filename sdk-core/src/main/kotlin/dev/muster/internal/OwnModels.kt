package dev.muster.internal

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ModelId
import dev.muster.chat.StructuredOutputMode
import dev.muster.model.ChatModel
import dev.muster.provider.ProviderModel
import dev.muster.provider.StreamSink

/** The custom models that the user has added to the client. */
internal class OwnModels(models: List<ChatModel>) {
    private val byId = models.associateBy { it.id }

    val providerIds: Set<String> = byId.keys.map { it.provider }.toSet()

    operator fun get(id: ModelId): ProviderModel? = byId[id]?.let(::OwnModel)

    fun of(provider: String): List<ModelId> = byId.keys.filter { it.provider == provider }
}

/** Adapts a custom model to a provider's model. */
private class OwnModel(private val model: ChatModel) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder = model.chat(request).toBuilder()

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        var hasText = false
        model.stream(request).collect { event ->
            when (event) {
                is ChatEvent.TextDelta -> {
                    hasText = true
                    sink.text(event.text)
                }

                is ChatEvent.ReasoningDelta -> sink.reasoning(event.text)

                is ChatEvent.Finished -> {
                    if (!hasText) sink.text(event.response.text)
                    sink.end(event.response)
                }
            }
        }
    }

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode = model.structuredOutput(request)

    /** Passes on the parts of [response] that are not in its events. */
    private suspend fun StreamSink.end(response: ChatResponse) {
        response.reasoningParts.forEach(::reasoningPart)
        response.opaqueParts.forEach(::opaquePart)
        response.toolCalls.forEachIndexed { index, call ->
            toolCall(index, call.id, call.name, call.arguments)
            call.signature?.let { toolCallSignature(index, it) }
        }
        response.usage?.let(::usage)
        if (response.model.isNotEmpty()) model(response.model)
        response.requestId?.let(::requestId)
        finish(response.finishReason, response.rawFinishReason)
    }
}
