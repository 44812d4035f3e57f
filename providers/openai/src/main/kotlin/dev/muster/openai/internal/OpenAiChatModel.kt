package dev.muster.openai.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ToolCall
import dev.muster.error.StreamTruncatedException
import dev.muster.http.ApiCall
import dev.muster.http.ApiEndpoint
import dev.muster.http.EndpointSettings
import dev.muster.http.ErrorBody
import dev.muster.spi.ProviderModel
import dev.muster.spi.StreamSink
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull

/** One model behind `/chat/completions`. */
internal class OpenAiChatModel(
    private val model: String,
    private val preset: Preset,
    private val settings: EndpointSettings,
    private val endpoint: ApiEndpoint,
) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, stream = false)
        val answer = endpoint.post(call)
        val completion = decode(call, answer.text, answer.requestId)
        val requestId = answer.requestId ?: completion.id
        failIfReported(call, completion, requestId)
        val choice = completion.choices?.firstOrNull()
        val content =
            choice?.message ?: throw endpoint.malformed(call, "the answer has no message", answer.text, requestId)
        val builder =
            ChatResponse
                .builder()
                .text(content.text)
                .reasoning(content.reasoningText.ifEmpty { null })
                .toolCalls(content.toolCalls.orEmpty().map { it.toToolCall() })
                .finish(finishReason(choice.finishReason), choice.finishReason)
                .usage((completion.usage ?: completion.groq?.usage)?.toUsage())
                .requestId(requestId)
                .rawJson(answer.text)
        completion.model?.let(builder::model)
        return builder
    }

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, stream = true)
        val decoder = StreamDecoder(sink)
        try {
            endpoint.events(call, decoder::started) { name, data -> decoder.take(call, name, data) }
        } catch (e: StreamTruncatedException) {
            // The provider has said why the answer ended; what broke after that was at most its usage.
            if (!decoder.isFinished) throw e
        }
    }

    private fun call(request: ChatRequest, stream: Boolean): ApiCall {
        if (preset.needsKey && !settings.isAuthenticated) throw settings.missingKey(model)
        return ApiCall("/chat/completions", model, encode(model, request, preset, stream)) {
            request.messages.flatMap { message -> message.toolCalls.map { it.arguments } + message.text }
        }
    }

    private fun decode(call: ApiCall, text: String, requestId: String?): Completion = try {
        WIRE_JSON.decodeFromString(Completion.serializer(), text)
    } catch (_: SerializationException) {
        // Without its cause, whose message repeats the answer.
        throw endpoint.malformed(call, "the answer is not the JSON of a chat completion", text, requestId)
    }

    private fun failIfReported(call: ApiCall, completion: Completion, requestId: String?) {
        val error =
            completion.error.orNull() ?: completion.choices?.firstNotNullOfOrNull { it.error.orNull() } ?: return
        throw endpoint.failureInStream(call, ErrorBody.ofError(error), requestId)
    }

    private fun JsonElement?.orNull() = if (this is JsonNull) null else this

    private fun WireToolCall.toToolCall() =
        ToolCall(id.orEmpty(), function?.name.orEmpty(), function?.argumentsText.orEmpty().ifBlank { "{}" })

    /** Takes one stream apart. */
    private inner class StreamDecoder(private val sink: StreamSink) {
        private val toolCalls = ToolCallIndex()
        private var requestId: String? = null
        private var modelSeen = false
        var isFinished = false
            private set

        fun started(requestId: String?) {
            this.requestId = requestId
            requestId?.let(sink::requestId)
        }

        /** Takes one event; returns whether the answer is whole. */
        suspend fun take(call: ApiCall, name: String?, data: String): Boolean {
            if (data == DONE) {
                if (!isFinished) finish(null)
                return true
            }
            if (data.isBlank()) return false
            val piece = decode(call, data, requestId)
            failIfReported(call, piece, requestId ?: piece.id)
            if (name == "error") throw endpoint.failureInStream(call, ErrorBody.parse(data), requestId)
            identify(piece)
            // Further choices are only there for who asked for them through extra.
            val choice = piece.choices?.firstOrNull { it.index == null || it.index == 0 }
            choice?.let { take(it) }
            val usage = piece.usage ?: piece.groq?.usage
            usage?.let { sink.usage(it.toUsage()) }
            // Usage comes last, with the finish reason or after it; all there is to wait for then is the end marker.
            return isFinished && usage != null
        }

        private suspend fun take(choice: Choice) {
            (choice.delta ?: choice.message)?.let { content ->
                sink.reasoning(content.reasoningText)
                sink.text(content.text)
                content.toolCalls?.forEach { sink.toolCall(it) }
            }
            choice.finishReason?.let(::finish)
        }

        private suspend fun StreamSink.toolCall(call: WireToolCall) {
            val index = toolCalls.of(call.index, call.id, call.function?.name)
            toolCall(index, call.id?.ifEmpty { null }, call.function?.name, call.function?.argumentsText.orEmpty())
        }

        private fun identify(piece: Completion) {
            if (requestId == null && !piece.id.isNullOrEmpty()) started(piece.id)
            if (!modelSeen && !piece.model.isNullOrEmpty()) {
                modelSeen = true
                sink.model(piece.model)
            }
        }

        private fun finish(raw: String?) {
            isFinished = true
            sink.finish(finishReason(raw), raw)
        }
    }

    private companion object {
        const val DONE = "[DONE]"
    }
}
