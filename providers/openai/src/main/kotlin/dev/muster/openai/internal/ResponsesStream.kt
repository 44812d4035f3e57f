package dev.muster.openai.internal

import dev.muster.chat.ChatRequest
import dev.muster.http.codec.CallIds
import dev.muster.http.codec.SseEvent
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ErrorBody
import dev.muster.http.endpoint.EventDecoder
import dev.muster.provider.StreamSink

/**
 * Decodes one response of the Responses API, streamed or whole.
 *
 * In a stream, items are added, filled piece by piece and marked as done, and a final event repeats the whole response.
 * Some servers leave out some of these events. So text is emitted as it arrives, and text that only the final event has
 * is emitted after it. Tool calls are emitted at the end, as the final event has them.
 */
internal class ResponsesStream(
    private val call: ApiCall,
    private val endpoint: OpenAiEndpoint,
    request: ChatRequest,
    sink: StreamSink,
) : EventDecoder(sink) {
    private val ids = CallIds(request.messages)
    private val calls = ResponseCalls()
    private val said = StringBuilder()
    private val reasoning = Paragraphs()
    private var identified = false
    private var reasons = false
    private var refuses = false

    /** Whether the final event has arrived. */
    var isOver: Boolean = false
        private set

    /** The items that were marked as done. */
    private val items = ArrayList<OutputItem>(1)

    override suspend fun take(event: SseEvent): Boolean {
        val data = event.data
        // Sent by other servers only: OpenAI has no such marker here.
        if (data.isBlank() || data.trim() == "[DONE]") return false
        val wire = endpoint.decode(call, ResponseEvent.serializer(), data, requestId, "a Responses API event")
        wire.response?.let(::readNames)
        when (val type = wire.type ?: event.name) {
            "response.completed", "response.incomplete" -> end(wire.response, data)
            "response.failed", "response.cancelled", "response.canceled" -> fail(wire)
            "error" -> throw endpoint.http.failureInStream(call, wire.reported(), requestId)
            else -> piece(type, wire)
        }
        return isOver
    }

    private suspend fun piece(type: String?, event: ResponseEvent) {
        when (type) {
            "response.output_text.delta" -> text(event.delta.string())

            "response.refusal.delta" -> {
                refuses = true
                text(event.delta.string())
            }

            "response.reasoning_summary_text.delta" -> reasoning(event, event.summaryIndex)

            "response.reasoning_text.delta" -> reasoning(event, -1 - event.contentIndex)

            "response.output_item.added" -> event.outputItem?.let { if (it.isCall) calls.begin(event.outputIndex, it) }

            "response.function_call_arguments.delta", "response.custom_tool_call_input.delta" -> calls.add(event)

            "response.function_call_arguments.done", "response.custom_tool_call_input.done" -> calls.whole(event)

            "response.output_item.done" -> event.outputItem?.let { done(event.outputIndex, it) }

            else -> endpoint.failIfReported(call, event.error, requestId)
        }
        // Signals progress now: the calls themselves are emitted at the end.
        if (calls.all.isNotEmpty()) sink.toolCall(0, null, null, "")
    }

    private fun readNames(response: WireResponse) {
        if (identified) return
        identified = true
        identify(response.id)
        response.model?.let(sink::model)
    }

    private suspend fun text(delta: String) {
        said.append(delta)
        sink.text(delta)
    }

    private suspend fun reasoning(event: ResponseEvent, part: Int) {
        reasons = true
        sink.reasoning(reasoning.next(event.outputIndex ?: 0, part) + event.delta.string())
    }

    private fun done(index: Int?, item: OutputItem) {
        items += item
        if (item.isCall) calls.done(index, item)
    }

    /** Decodes [body], a whole response. */
    suspend fun whole(body: String) {
        val response = endpoint.decode(call, WireResponse.serializer(), body, requestId, "a Responses API response")
        readNames(response)
        endpoint.failIfFailed(call, response, requestId)
        val why = when {
            response.items == null -> "the response has no output"
            !response.isOver -> "the response is not complete"
            else -> null
        }
        if (why != null) throw endpoint.http.malformed(call, why, body, requestId)
        end(response, body)
    }

    /** Decodes [body], all events of a stream. */
    suspend fun stream(body: String) {
        replay(body)
        if (isOver) return
        val why = "expected a JSON response but got an event stream without its final event"
        throw endpoint.http.malformed(call, why, body, requestId)
    }

    override suspend fun takeBody(body: String): Boolean {
        val response = readWire(WireResponse.serializer(), body)
        if (response?.items == null && response?.status == null) return false
        whole(body)
        return true
    }

    private suspend fun end(response: WireResponse?, data: String) {
        response ?: throw endpoint.http.malformed(call, "the final event has no response", data, requestId)
        endpoint.failIfFailed(call, response, requestId)
        if (response.isCancelled) throw endpoint.http.malformed(call, "the response was cancelled", data, requestId)
        val last = response.items.orEmpty()
        val output = last.ifEmpty { items }
        rest(output)
        val told = tellCalls(output)
        val kept = KeptParts(if (last.size < items.size) items else output)
        kept.reasoning.ifEmpty { KeptParts(items).reasoning }.forEach(sink::reasoningPart)
        kept.opaque.forEach(sink::opaquePart)
        response.usage?.toUsage()?.let(sink::usage)
        sink.finish(response.finish(told, refuses || output.any { it.refuses }), response.rawFinish)
        isOver = true
    }

    /** Emits the text and the reasoning that only the final event has. */
    private suspend fun rest(output: List<OutputItem>) {
        output.forEachIndexed { index, item ->
            if (item.isReasoning && !reasons && item.reasoning.isNotEmpty()) {
                sink.reasoning(reasoning.next(index, 0) + item.reasoning)
            }
        }
        val whole = output.filter { it.isMessage }.joinToString("") { it.text }
        if (whole.length > said.length && whole.startsWith(said)) sink.text(whole.substring(said.length))
    }

    /** Emits the calls of [output], else those collected from the events. Returns whether there are any. */
    private suspend fun tellCalls(output: List<OutputItem>): Boolean {
        val last = ResponseCalls()
        output.forEach { if (it.isCall) last.done(null, it) }
        val count = last.all.size
        val all = last.all.ifEmpty { calls.all }
        all.forEachIndexed { number, one ->
            // A server may name a call in its final event but leave out its arguments.
            val came = calls.all.find { it.callId != null && it.callId == one.callId }
                ?: calls.all.getOrNull(number).takeIf { count == calls.all.size }
            val input = one.input.ifBlank { came?.input?.toString().orEmpty() }.toString()
            val arguments = if (one.isCustom) asArguments(input) else unwrapped(input)
            sink.toolCall(number, ids.of(one.callId ?: one.itemId), one.name ?: came?.name, arguments)
        }
        return all.isNotEmpty()
    }

    private fun fail(event: ResponseEvent) {
        event.response?.usage?.toUsage()?.let(sink::usage)
        event.response?.let { endpoint.failIfFailed(call, it, requestId) }
        throw endpoint.http.failureInStream(call, event.reported(), requestId)
    }

    /** OpenAI's schema has code and message in the event itself; its server also sends them as an `error`. */
    private fun ResponseEvent.reported(): ErrorBody =
        error.reported()?.let(ErrorBody::ofError) ?: ErrorBody(code.string().ifEmpty { null }, null, message)

    /** Separates the parts of the reasoning by a paragraph. */
    private class Paragraphs {
        private var last: Pair<Int, Int>? = null

        /** Returns the separator before the next piece, which belongs to [part] of [item]. */
        fun next(item: Int, part: Int): String {
            val here = item to part
            val isNew = last != null && last != here
            last = here
            return if (isNew) PARAGRAPH else ""
        }
    }
}
