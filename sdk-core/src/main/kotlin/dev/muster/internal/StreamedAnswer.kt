package dev.muster.internal

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.chat.estimateTokens
import dev.muster.spi.StreamSink

/**
 * Hands on what a provider streams and remembers it, for the last event and for the failure that says what had arrived.
 */
internal class StreamedAnswer(private val out: StreamOutput, private val watch: TokenWatch) : StreamSink {
    private val text = StringBuilder()
    private val reasoning = StringBuilder()
    private val reasoningParts = ArrayList<ContentPart.Reasoning>(0)
    private val opaqueParts = ArrayList<ContentPart.Opaque>(0)
    private val calls = ArrayList<CallParts>()
    private val response = ChatResponse.builder()
    private var usage: Usage? = null

    /** Whether the provider has said that the answer is whole. */
    var isWhole: Boolean = false
        private set

    val partialText: String? get() = if (text.isEmpty()) null else text.toString()

    val partialUsage: Usage? get() = usage

    /**
     * The tokens that [request] has used so far: what the provider has said, and an estimate of what it has not, or of
     * what has come since. Null where nothing has come, so that nobody knows how far the provider got.
     */
    fun tokensSoFar(request: ChatRequest): Long? {
        val arrived =
            estimateTokens(text) + estimateTokens(reasoning) + calls.sumOf { estimateTokens(it.arguments) }
        if (arrived == 0L && usage == null) return null
        return (usage?.inputTokens ?: estimateInputTokens(request)) + maxOf(usage?.outputTokens ?: 0, arrived)
    }

    override suspend fun text(delta: String) {
        if (delta.isEmpty()) return
        watch.arrived()
        text.append(delta)
        hand(ChatEvent.TextDelta(delta))
    }

    override suspend fun reasoning(delta: String) {
        if (delta.isEmpty()) return
        watch.arrived()
        reasoning.append(delta)
        hand(ChatEvent.ReasoningDelta(delta))
    }

    override suspend fun toolCall(index: Int, id: String?, name: String?, argumentsDelta: String) {
        watch.arrived()
        val call = callAt(index)
        if (!id.isNullOrEmpty()) call.id = id
        if (!name.isNullOrEmpty()) call.name = name
        call.arguments.append(argumentsDelta)
        watch.waiting()
    }

    override fun reasoningPart(part: ContentPart.Reasoning) {
        watch.arrived()
        reasoningParts += part
        watch.waiting()
    }

    override fun opaquePart(part: ContentPart.Opaque) {
        watch.arrived()
        opaqueParts += part
        watch.waiting()
    }

    override fun toolCallSignature(index: Int, signature: String) {
        watch.arrived()
        callAt(index).signature = signature
        watch.waiting()
    }

    override fun usage(usage: Usage) {
        this.usage = usage.plausible()
    }

    override fun model(name: String) {
        response.model(name)
    }

    override fun requestId(id: String) {
        response.requestId(id)
    }

    override fun finish(reason: FinishReason, raw: String?) {
        isWhole = true
        watch.isFinished = true
        response.finish(reason, raw)
    }

    /** The whole answer; what the provider did not name, such as its model, is left for the caller to set. */
    fun response(): ChatResponse.Builder = response
        .text(text.toString())
        .reasoning(if (reasoning.isEmpty()) null else reasoning.toString())
        .reasoningParts(reasoningParts)
        .opaqueParts(opaqueParts)
        .usage(usage)
        .toolCalls(calls.sortedBy { it.index }.map { it.toToolCall() })

    private fun callAt(index: Int) = calls.find { it.index == index } ?: CallParts(index).also { calls += it }

    // A tail call, which takes no continuation of its own.
    private suspend fun hand(event: ChatEvent) = out.emit(event, watch)

    private class CallParts(val index: Int) {
        var id = ""
        var name = ""
        var signature: String? = null
        val arguments = StringBuilder()

        // Some providers send no arguments at all for a tool that takes none.
        fun toToolCall() = ToolCall(id, name, if (arguments.isBlank()) "{}" else arguments.toString(), signature)
    }
}
