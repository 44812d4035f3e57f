package dev.muster.anthropic.internal

import dev.muster.error.LlmException
import dev.muster.http.codec.CallIds
import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.codec.SseEvent
import dev.muster.http.codec.TextFrame
import dev.muster.http.codec.orNull
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.ErrorBody
import dev.muster.http.endpoint.EventDecoder
import dev.muster.provider.StreamSink
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject

/** Decodes one stream. */
internal class StreamDecoder(
    private val endpoint: ApiEndpoint,
    private val call: ApiCall,
    sink: StreamSink,
    private val ids: CallIds,
) : EventDecoder(sink) {
    private val frame = TextFrame("text")
    private var usage = WireUsage()
    private var stopReason: String? = null
    private var container: JsonObject? = null
    private var layout = Layout()

    /** The blocks by index. Deltas that arrive after the end of a block still belong to it. */
    private val blocks = HashMap<Int, OpenBlock>()

    /** The index of the block that started last. */
    private var last = NONE

    /** The block that receives text. */
    private var speaking: OpenBlock? = null

    /** The blocks to send back unchanged, in order. Each is emitted when it and all blocks before it are complete. */
    private val unfinished = ArrayDeque<OpenBlock>()
    private var hasBegun = false

    /** Whether reasoning or a part was emitted, which the layout does not count. */
    private var hasTold = false

    /** With the stop reason the response is complete. Only its end marker is missing. */
    override var isFinished: Boolean = false
        private set

    private val hasSaid get() = hasTold || layout.text > 0 || layout.calls > 0

    override fun textOf(event: SseEvent): String? = frame.textOf(event)?.also { count(it, speaking) }

    override suspend fun take(event: SseEvent): Boolean {
        val data = event.data
        if (event.name == "ping" || data.isBlank()) return false
        if (data.trim() == DONE) return hasSaid || isFinished
        if (event.name == "error") throw reported(data, requestId)
        val wire = endpoint.decode(call, data, requestId, NOT_A_MESSAGE) {
            PROVIDER_JSON.decodeFromString(WireEvent.serializer(), it)
        }
        if (wire.isError) throw reported(data, requestId ?: wire.requestId)
        val type = wire.type ?: event.name
        take(type, wire, data)
        wire.onlyText?.let { frame.learn(event, it) }
        return type == "message_stop"
    }

    /** Emits the end of the complete response. */
    suspend fun end() {
        blocks.values.forEach { end(it) }
        container?.let { sink.opaquePart(opaquePart(CONTAINER, it, layout.spot().place)) }
        sink.finish(finishReason(stopReason), stopReason)
    }

    private suspend fun take(type: String?, event: WireEvent, data: String) {
        when (type) {
            "message_start" -> event.begun?.let { begin(it, data) }
            "content_block_start" -> event.begunBlock?.let { begin(event.at ?: (last + 1), it) }
            "content_block_delta" -> event.delta?.let { take(blocks[event.at ?: last], it, data) }
            "content_block_stop" -> blocks[event.at ?: last]?.let { end(it) }
            "message_delta" -> event.delta?.let(::conclude)
        }
        event.figures?.let(::count)
    }

    private suspend fun begin(message: WireMessage, data: String) {
        if (hasBegun) beginAnew(data)
        hasBegun = true
        message.model?.let(sink::model)
        identify(message.id)
        stopReason = message.stopReason
        container = message.container
        message.usage?.let(::count)
        message.content?.forEach { begin(last + 1, it) }
    }

    /** Some gateways start again after a failure of their own. Fails if anything was emitted: it cannot be undone. */
    private fun beginAnew(data: String) {
        if (hasSaid) throw endpoint.malformed(call, "a second message started within the first one", data, requestId)
        blocks.clear()
        unfinished.clear()
        layout = Layout()
        last = NONE
        speaking = null
        usage = WireUsage()
        isFinished = false
    }

    private suspend fun begin(at: Int, block: Block) {
        // The end of the previous block with this index was not sent.
        blocks[at]?.let { end(it) }
        val open = OpenBlock(block, layout.spot(), layout.calls)
        blocks[at] = open
        last = at
        if (block.isToolCall) {
            layout.calls++
            sink.toolCall(open.number, ids.of(block.id), block.name, "")
        }
        if (block.isOpaque || block.isReasoning) keep(open)
        text(block.text, open)
        reason(block.thinking)
    }

    private suspend fun take(block: OpenBlock?, delta: Delta, data: String) {
        delta.text?.let { text(it, block) }
        delta.thinking?.let {
            block?.thinking?.append(it)
            reason(it)
        }
        delta.signature?.let { block?.sign(it) }
        delta.citation.orNull()?.let { citation ->
            if (block != null && block.cite(citation)) keep(block)
        }
        if (delta.isUnknown) block?.change(PROVIDER_JSON.parseToJsonElement(data).jsonObject["delta"])
        input(delta.input, block, data)
    }

    private suspend fun input(piece: String, block: OpenBlock?, data: String) {
        if (piece.isEmpty()) return
        if (block == null) throw endpoint.malformed(call, "got tool input without a content block", data, requestId)
        if (block.take(piece)) sink.toolCall(block.number, null, null, piece)
    }

    private fun conclude(delta: Delta) {
        (delta.container as? JsonObject)?.let { container = it }
        val reason = delta.stopReason ?: return
        stopReason = reason
        isFinished = true
    }

    private suspend fun end(block: OpenBlock) {
        block.end()?.let { sink.toolCall(block.number, null, null, it) }
        while (unfinished.firstOrNull()?.isWhole == true) handOn(unfinished.removeFirst())
    }

    private fun handOn(block: OpenBlock) {
        hasTold = true
        val whole = block.whole()
        whole.toReasoning(block.spot)?.let(sink::reasoningPart)
        if (whole.isOpaque) sink.opaquePart(whole.toOpaque(block.spot))
    }

    private fun keep(block: OpenBlock) {
        unfinished += block
        if (!block.isReasoning) layout.opaque++
    }

    private suspend fun text(text: String, block: OpenBlock?) {
        if (text.isEmpty()) return
        speaking = block
        count(text, block)
        sink.text(text)
    }

    private fun count(text: String, block: OpenBlock?) {
        layout.text += text.length
        block?.text?.append(text)
    }

    private suspend fun reason(text: String) {
        if (text.isEmpty()) return
        hasTold = true
        sink.reasoning(text)
    }

    private fun count(figures: WireUsage) {
        usage = usage.updatedBy(figures)
        sink.usage(usage.toUsage())
    }

    private fun reported(data: String, requestId: String?): LlmException {
        val error = ErrorBody.parse(data)
        // An error in an unknown format is reported as it is.
        val told = if (error.code == null && error.message == null) ErrorBody(null, null, data) else error
        return endpoint.failureInStream(call, told, requestId)
    }

    private companion object {
        const val NONE = -1

        /** The end marker of OpenAI's API format, which some gateways also send in this one. */
        const val DONE = "[DONE]"
    }
}
