package dev.muster.provider

import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import dev.muster.provider.internal.ResponseParts

/**
 * Collects everything a sink receives into one response. For a provider that reads a complete response with the same
 * code as a streamed one. Use it from one coroutine at a time. Never suspends.
 */
public class CollectedResponse : StreamSink {
    private val parts = ResponseParts()

    /** Returns the response so far. */
    public fun response(): ChatResponse.Builder = parts.whole()

    override suspend fun text(delta: String) {
        parts.text.append(delta)
    }

    override suspend fun reasoning(delta: String) {
        parts.reasoning.append(delta)
    }

    override suspend fun toolCall(index: Int, id: String?, name: String?, argumentsDelta: String): Unit =
        parts.toolCall(index, id, name, argumentsDelta)

    override fun reasoningPart(part: ContentPart.Reasoning) {
        parts.reasoningParts += part
    }

    override fun opaquePart(part: ContentPart.Opaque) {
        parts.opaqueParts += part
    }

    override fun toolCallSignature(index: Int, signature: String): Unit = parts.toolCallSignature(index, signature)

    override fun usage(usage: Usage) {
        parts.response.usage(usage)
    }

    override fun model(name: String) {
        parts.response.model(name)
    }

    override fun requestId(id: String) {
        parts.response.requestId(id)
    }

    override fun finish(reason: FinishReason, raw: String?) {
        parts.response.finish(reason, raw)
    }
}
