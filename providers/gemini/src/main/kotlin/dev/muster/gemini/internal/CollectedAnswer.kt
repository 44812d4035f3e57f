package dev.muster.gemini.internal

import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.spi.StreamSink

/** Sums up an answer that comes whole, so that it is read as one that is streamed. */
internal class CollectedAnswer : StreamSink {
    private val response = ChatResponse.builder()
    private val text = StringBuilder()
    private val reasoning = StringBuilder()
    private val reasoningParts = ArrayList<ContentPart.Reasoning>(0)
    private val opaqueParts = ArrayList<ContentPart.Opaque>(0)
    private val calls = ArrayList<CallParts>(0)

    fun response(): ChatResponse.Builder = response
        .text(text.toString())
        .reasoning(reasoning.toString().ifEmpty { null })
        .reasoningParts(reasoningParts)
        .opaqueParts(opaqueParts)
        .toolCalls(calls.map { it.toToolCall() })

    override suspend fun text(delta: String) {
        text.append(delta)
    }

    override suspend fun reasoning(delta: String) {
        reasoning.append(delta)
    }

    override fun reasoningPart(part: ContentPart.Reasoning) {
        reasoningParts += part
    }

    override fun opaquePart(part: ContentPart.Opaque) {
        opaqueParts += part
    }

    override fun toolCallSignature(index: Int, signature: String) {
        calls[index].signature = signature
    }

    /** Calls begin in the order of their numbers. */
    override suspend fun toolCall(index: Int, id: String?, name: String?, argumentsDelta: String) {
        if (index == calls.size) calls += CallParts(id.orEmpty(), name.orEmpty())
        calls[index].arguments.append(argumentsDelta)
    }

    override fun usage(usage: Usage) {
        response.usage(usage)
    }

    override fun model(name: String) {
        response.model(name)
    }

    override fun requestId(id: String) {
        response.requestId(id)
    }

    override fun finish(reason: FinishReason, raw: String?) {
        response.finish(reason, raw)
    }

    private class CallParts(private val id: String, private val name: String) {
        val arguments = StringBuilder()
        var signature: String? = null

        fun toToolCall() = ToolCall(id, name, arguments.toString().ifEmpty { "{}" }, signature)
    }
}
