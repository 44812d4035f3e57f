package dev.muster.ollama.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.StructuredOutputMode
import dev.muster.error.ErrorContext
import dev.muster.http.ApiCall
import dev.muster.http.ApiEndpoint
import dev.muster.http.ErrorBody
import dev.muster.spi.ProviderModel
import dev.muster.spi.StreamSink
import kotlinx.serialization.SerializationException

/** One model behind `/api/chat`. */
internal class OllamaChatModel(
    private val provider: String,
    private val model: String,
    private val endpoint: ApiEndpoint,
) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, stream = false)
        val answer = endpoint.post(call)
        val line = decode(call, answer.text, answer.requestId)
        val message = line.message
        if (message == null || line.done == false) {
            throw endpoint.malformed(call, "the answer has no whole message", answer.text, answer.requestId)
        }
        val first = nextCall(request.messages)
        val toolCalls = message.toolCalls.orEmpty().mapIndexed { index, toolCall -> toolCall.toToolCall(first + index) }
        val builder =
            ChatResponse
                .builder()
                .text(message.content.orEmpty())
                .reasoning(message.thinking?.ifEmpty { null })
                .reasoningParts(partsToKeep(message.thinking.orEmpty(), toolCalls.isNotEmpty()))
                .toolCalls(toolCalls)
                .finish(finishReason(line.doneReason, toolCalls.isNotEmpty()), line.doneReason)
                .usage(line.usage)
                .requestId(answer.requestId)
                .rawJson(answer.text)
        line.model?.let(builder::model)
        return builder
    }

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, stream = true)
        val decoder = StreamDecoder(sink, nextCall(request.messages))
        endpoint.lines(call, decoder::started) { decoder.take(call, it) }
    }

    /** With a form it can write nothing else: no call of a tool. */
    override fun structuredOutput(request: ChatRequest): StructuredOutputMode =
        if (request.tools.isEmpty()) StructuredOutputMode.NATIVE else StructuredOutputMode.INSTRUCTION

    private fun call(request: ChatRequest, stream: Boolean): ApiCall {
        val context = ErrorContext.builder().provider(provider).model(model).build()
        return ApiCall("/api/chat", model, RequestCodec(request, context).encode(model, stream)) {
            request.messages.flatMap { message -> message.toolCalls.map { it.arguments } + message.text }
        }
    }

    /** Models that think between the calls of tools go on from there; of other answers the thinking is dropped. */
    private fun partsToKeep(thinking: String, callsTools: Boolean): List<ContentPart.Reasoning> =
        if (callsTools && thinking.isNotEmpty()) {
            listOf(ContentPart.Reasoning(thinking, null, REASONING_FORM))
        } else {
            emptyList()
        }

    private fun decode(call: ApiCall, text: String, requestId: String?): ChatLine {
        val line =
            try {
                WIRE_JSON.decodeFromString(ChatLine.serializer(), text)
            } catch (_: SerializationException) {
                // Without its cause, whose message repeats the answer.
                throw endpoint.malformed(call, "the answer is not the JSON of Ollama's chat", text, requestId)
            }
        line.reportedError?.let { throw endpoint.failureInStream(call, ErrorBody.ofError(it), requestId) }
        return line
    }

    /** Takes one stream apart. */
    private inner class StreamDecoder(private val sink: StreamSink, private val firstCall: Int) {
        private var requestId: String? = null
        private var modelSeen = false
        private var toolCalls = 0
        private val thinking = StringBuilder()

        fun started(requestId: String?) {
            this.requestId = requestId
            requestId?.let(sink::requestId)
        }

        /** Takes one line; returns whether the answer is whole. */
        suspend fun take(call: ApiCall, text: String): Boolean {
            val line = decode(call, text, requestId)
            if (!modelSeen && !line.model.isNullOrEmpty()) {
                modelSeen = true
                sink.model(line.model)
            }
            line.message?.let { take(it) }
            if (line.done != true) return false
            line.usage?.let(sink::usage)
            partsToKeep(thinking.toString(), toolCalls > 0).forEach(sink::reasoningPart)
            sink.finish(finishReason(line.doneReason, toolCalls > 0), line.doneReason)
            return true
        }

        private suspend fun take(message: WireMessage) {
            message.thinking?.let {
                thinking.append(it)
                sink.reasoning(it)
            }
            message.content?.let { sink.text(it) }
            // Each comes whole.
            message.toolCalls?.forEach { call ->
                val index = toolCalls++
                val id = call.idOr(firstCall + index)
                sink.toolCall(index, id, call.function?.name, call.function?.argumentsText.orEmpty())
            }
        }
    }
}
