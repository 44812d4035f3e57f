package dev.muster.openai.internal

import dev.muster.http.ApiCall
import dev.muster.http.ErrorBody
import dev.muster.http.EventDecoder
import dev.muster.http.SseEvent
import dev.muster.spi.StreamSink

/**
 * Takes the stream of one response apart. Its items are numbered, and each is added, filled piece by piece and done; a
 * last event repeats the whole. Servers leave out some of that, so that what came before decides what an event adds.
 */
internal class ResponsesStream(private val call: ApiCall, private val endpoint: OpenAiEndpoint, sink: StreamSink) :
    EventDecoder(sink) {
    private var identified = false
    private var callsTools = false
    private var speaks = false
    private var reasons = false

    /** The items that were said to be done. */
    private val items = ArrayList<OutputItem>(1)

    /** How many characters of their arguments the calls have, by the number of their item. */
    private val calls = HashMap<Int, Int>()
    private val reasoning = Paragraphs()

    override suspend fun take(event: SseEvent): Boolean {
        val data = event.data
        // Of other servers: OpenAI has no such marker here.
        if (data.isBlank() || data == "[DONE]") return false
        val wire = endpoint.decode(call, ResponseEvent.serializer(), data, requestId, "an event of a response")
        wire.response?.let(::readNames)
        when (val type = wire.type ?: event.name) {
            "response.completed", "response.incomplete" -> return end(wire, data)
            "response.failed" -> fail(wire)
            "error" -> throw endpoint.http.failureInStream(call, wire.reported(), requestId)
            else -> piece(type, wire)
        }
        return false
    }

    private suspend fun piece(type: String?, event: ResponseEvent) {
        when (type) {
            "response.output_text.delta", "response.refusal.delta" -> text(event.delta.string())
            "response.reasoning_summary_text.delta" -> reasoning(event, event.summaryIndex)
            "response.reasoning_text.delta" -> reasoning(event, -1 - event.contentIndex)
            "response.output_item.added" -> event.item?.let { if (it.isFunctionCall) begin(event.outputIndex, it) }
            "response.function_call_arguments.delta" -> arguments(event.outputIndex, event.delta.string())
            "response.function_call_arguments.done" -> rest(event.outputIndex, event.arguments.jsonText())
            "response.output_item.done" -> event.item?.let { done(event.outputIndex, it) }
            else -> endpoint.failIfReported(call, event.error, requestId)
        }
    }

    private fun readNames(response: WireResponse) {
        if (identified) return
        identified = true
        identify(response.id)
        response.model?.let(sink::model)
    }

    private suspend fun text(delta: String) {
        speaks = true
        sink.text(delta)
    }

    private suspend fun reasoning(event: ResponseEvent, part: Int) {
        reasons = true
        sink.reasoning(reasoning.next(event.outputIndex, part) + event.delta.string())
    }

    private suspend fun begin(index: Int, item: OutputItem) {
        callsTools = true
        calls.putIfAbsent(index, 0)
        sink.toolCall(index, item.callId ?: item.id, item.name, "")
    }

    private suspend fun arguments(index: Int, delta: String) {
        calls.merge(index, delta.length, Int::plus)
        sink.toolCall(index, null, null, delta)
    }

    /** The whole arguments: of use only where no pieces of them came. */
    private suspend fun rest(index: Int, whole: String) {
        if (calls[index] == 0) arguments(index, whole)
    }

    private suspend fun done(index: Int, item: OutputItem) {
        items += item
        if (item.isFunctionCall) call(index, item)
    }

    private suspend fun call(index: Int, item: OutputItem) {
        if (index !in calls) begin(index, item)
        rest(index, item.arguments.jsonText())
    }

    private suspend fun end(event: ResponseEvent, data: String): Boolean {
        val response =
            event.response ?: throw endpoint.http.malformed(call, "the last event has no response", data, requestId)
        endpoint.failIfFailed(call, response, requestId)
        val output = response.output.orEmpty().ifEmpty { items }
        missed(output)
        partsToKeep(output).ifEmpty { partsToKeep(items) }.forEach(sink::reasoningPart)
        response.usage?.let { sink.usage(it.toUsage()) }
        sink.finish(response.finish(callsTools), response.rawFinish)
        return true
    }

    /** What no event has told: all text, all reasoning or all calls, for servers do not number items alike. */
    private suspend fun missed(output: List<OutputItem>) {
        val called = callsTools
        output.forEachIndexed { index, item ->
            when {
                item.isMessage -> if (!speaks) sink.text(item.text)

                item.isFunctionCall -> if (!called) call(index, item)

                item.isReasoning -> if (!reasons && item.reasoning.isNotEmpty()) {
                    sink.reasoning(reasoning.next(index, 0) + item.reasoning)
                }
            }
        }
    }

    private fun fail(event: ResponseEvent) {
        event.response?.usage?.let { sink.usage(it.toUsage()) }
        event.response?.let { endpoint.failIfFailed(call, it, requestId) }
        throw endpoint.http.failureInStream(call, event.reported(), requestId)
    }

    /** OpenAI's schema has code and message in the event itself; its server sends an `error` too. */
    private fun ResponseEvent.reported(): ErrorBody =
        error.orNull()?.let(ErrorBody::ofError) ?: ErrorBody(code.string().ifEmpty { null }, null, message)

    /** Parts the paragraphs of the reasoning, which come without a mark between them. */
    private class Paragraphs {
        private var last: Pair<Int, Int>? = null

        /** What stands before a piece of [part] of [item]. */
        fun next(item: Int, part: Int): String {
            val here = item to part
            val isNew = last != null && last != here
            last = here
            return if (isNew) PARAGRAPH else ""
        }
    }
}
