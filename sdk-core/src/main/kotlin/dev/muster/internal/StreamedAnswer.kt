package dev.muster.internal

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import dev.muster.spi.StreamSink
import dev.muster.spi.internal.AnswerParts

/**
 * Hands on what a provider streams and remembers it, for the last event and for the failure that says what had arrived.
 */
internal class StreamedAnswer(private val out: StreamOutput, private val watch: TokenWatch) : StreamSink {
    private val parts = AnswerParts()
    private var usage: Usage? = null

    /** Whether the provider has said that the answer is whole. */
    var isWhole: Boolean = false
        private set

    val partialText: String? get() = if (parts.text.isEmpty()) null else parts.text.toString()

    val partialUsage: Usage? get() = usage

    /**
     * The tokens that [request] has used so far: what the provider has said, and an estimate of what it has not, or of
     * what has come since. Null where nothing has come, so that nobody knows how far the provider got.
     */
    fun tokensSoFar(request: ChatRequest): Long? {
        val arrived = parts.tokens
        if (arrived == 0L && usage == null) return null
        return (usage?.inputTokens ?: estimateInputTokens(request)) + maxOf(usage?.outputTokens ?: 0, arrived)
    }

    override suspend fun text(delta: String) {
        if (delta.isEmpty()) return
        watch.arrived()
        parts.text.append(delta)
        hand(ChatEvent.TextDelta(delta))
    }

    override suspend fun reasoning(delta: String) {
        if (delta.isEmpty()) return
        watch.arrived()
        parts.reasoning.append(delta)
        hand(ChatEvent.ReasoningDelta(delta))
    }

    override suspend fun toolCall(index: Int, id: String?, name: String?, argumentsDelta: String): Unit =
        silently { parts.toolCall(index, id, name, argumentsDelta) }

    override fun reasoningPart(part: ContentPart.Reasoning): Unit = silently { parts.reasoningParts += part }

    override fun opaquePart(part: ContentPart.Opaque): Unit = silently { parts.opaqueParts += part }

    override fun toolCallSignature(index: Int, signature: String): Unit =
        silently { parts.toolCallSignature(index, signature) }

    override fun usage(usage: Usage) {
        this.usage = usage.plausible()
    }

    override fun model(name: String) {
        parts.response.model(name)
    }

    override fun requestId(id: String) {
        parts.response.requestId(id)
    }

    override fun finish(reason: FinishReason, raw: String?) {
        isWhole = true
        watch.isFinished = true
        parts.response.finish(reason, raw)
    }

    /** The whole answer; what the provider did not name, such as its model, is left for the caller to set. */
    fun response(): ChatResponse.Builder = parts.whole().usage(usage)

    // A tail call, which takes no continuation of its own.
    private suspend fun hand(event: ChatEvent) = out.emit(event, watch)

    /** Keeps what is told to nobody before the end. */
    private inline fun silently(keep: () -> Unit) {
        watch.arrived()
        keep()
        watch.waiting()
    }
}
