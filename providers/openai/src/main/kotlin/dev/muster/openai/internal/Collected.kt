package dev.muster.openai.internal

import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.http.EventDecoder
import dev.muster.http.SseReader
import dev.muster.spi.StreamSink
import java.nio.ByteBuffer
import java.util.TreeMap

/** Makes one answer of what a decoder tells, so that whole answers are read as streams are. */
internal class Collected : StreamSink {
    private val response = ChatResponse.builder()
    private val text = StringBuilder()
    private val reasoning = StringBuilder()
    private val reasoningParts = ArrayList<ContentPart.Reasoning>(0)
    private val opaqueParts = ArrayList<ContentPart.Opaque>(0)
    private val calls = TreeMap<Int, ToolCall>()

    fun response(): ChatResponse.Builder = response
        .text(text.toString())
        .reasoning(if (reasoning.isEmpty()) null else reasoning.toString())
        .reasoningParts(reasoningParts)
        .opaqueParts(opaqueParts)
        .toolCalls(calls.values.map { if (it.arguments.isBlank()) ToolCall(it.id, it.name, "{}") else it })

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

    override fun toolCallSignature(index: Int, signature: String) = Unit

    override suspend fun toolCall(index: Int, id: String?, name: String?, argumentsDelta: String) {
        val known = calls[index]
        calls[index] = ToolCall(
            id ?: known?.id.orEmpty(),
            name ?: known?.name.orEmpty(),
            known?.arguments.orEmpty() + argumentsDelta,
        )
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
}

/** Whether [body], which was to be a whole answer, is a stream of events: some gateways know no other. */
internal fun isEventStream(body: String): Boolean {
    val start = body.indexOfFirst { !it.isWhitespace() }
    return start >= 0 && EVENT_FIELDS.any { body.startsWith(it, start) }
}

private val EVENT_FIELDS = listOf("data:", "event:", "id:", "retry:", ":")

/** Gives the events of [body] to the decoder until that says that the answer is whole. */
internal suspend fun EventDecoder.replay(body: String) {
    val bytes = body.toByteArray()
    val reader = SseReader(bytes.size + 1)
    reader.feed(ByteBuffer.wrap(bytes))
    while (reader.next()) if (take(reader)) return
    if (reader.last()) take(reader)
}
