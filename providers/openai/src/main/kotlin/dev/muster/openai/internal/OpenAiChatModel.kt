package dev.muster.openai.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.StructuredOutputMode
import dev.muster.chat.ToolCall
import dev.muster.error.StreamTruncatedException
import dev.muster.http.ApiCall
import dev.muster.http.ErrorBody
import dev.muster.http.EventDecoder
import dev.muster.http.SseEvent
import dev.muster.http.TextFrame
import dev.muster.spi.ProviderModel
import dev.muster.spi.StreamSink

/** One model behind `/chat/completions`. */
internal class OpenAiChatModel(private val model: String, private val endpoint: OpenAiEndpoint) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, stream = false)
        val answer = endpoint.http.post(call)
        val completion = decode(call, answer.text, answer.requestId)
        val requestId = answer.requestId ?: completion.id
        failIfReported(call, completion, requestId)
        val choice = completion.choices?.firstOrNull()
        val content =
            choice?.message ?: throw endpoint.http.malformed(call, "the answer has no message", answer.text, requestId)
        val builder =
            ChatResponse
                .builder()
                .text(content.text)
                .reasoning(content.reasoningText.ifEmpty { null })
                .reasoningParts(toParts(content.reasoningText))
                .toolCalls(content.toolCalls.orEmpty().map { it.toToolCall() })
                .finish(finishReason(choice.finishReason, content.refuses), choice.finishReason)
                .usage((completion.usage ?: completion.groq?.usage)?.toUsage())
                .requestId(requestId)
                .rawJson(answer.text)
        completion.model?.let(builder::model)
        return builder
    }

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, stream = true)
        val decoder = StreamDecoder(call, sink)
        try {
            endpoint.http.events(call, decoder)
        } catch (e: StreamTruncatedException) {
            // The provider has said why the answer ended; what broke after that was at most its usage.
            if (!decoder.isFinished) throw e
        }
    }

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode =
        endpoint.structuredOutput(model, request)

    private fun call(request: ChatRequest, stream: Boolean): ApiCall =
        endpoint.call("/chat/completions", model, request) { encodeChat(model, it, stream) }

    private fun decode(call: ApiCall, text: String, requestId: String?): Completion =
        endpoint.decode(call, Completion.serializer(), text, requestId, "a chat completion")

    private fun failIfReported(call: ApiCall, completion: Completion, requestId: String?) {
        val error = completion.error.orNull() ?: completion.choices?.firstNotNullOfOrNull { it.error.orNull() }
        endpoint.failIfReported(call, error, requestId)
    }

    /** The reasoning as a block that goes back, where the endpoint wants that. */
    private fun toParts(reasoning: String): List<ContentPart.Reasoning> =
        if (endpoint.dialect.wantsReasoningBack && reasoning.isNotEmpty()) {
            listOf(ContentPart.Reasoning(reasoning, null, CHAT_FORM))
        } else {
            emptyList()
        }

    private fun WireToolCall.toToolCall() =
        ToolCall(id.orEmpty(), function?.name.orEmpty(), function?.argumentsText.orEmpty().ifBlank { "{}" })

    /** Takes one stream apart. */
    private inner class StreamDecoder(private val call: ApiCall, sink: StreamSink) : EventDecoder(sink) {
        private val toolCalls = ToolCallIndex()
        private val frame = TextFrame("content")
        private var modelSeen = false
        private var refused = false
        private val reasoning = StringBuilder().takeIf { endpoint.dialect.wantsReasoningBack }
        var isFinished = false
            private set

        override fun textOf(event: SseEvent): String? = frame.textOf(event)

        override suspend fun take(event: SseEvent): Boolean {
            val data = event.data
            if (data == DONE) {
                if (!isFinished) finish(null)
                return true
            }
            if (data.isBlank()) return false
            val piece = decode(call, data, requestId)
            failIfReported(call, piece, requestId ?: piece.id)
            if (event.name == "error") throw endpoint.http.failureInStream(call, ErrorBody.parse(data), requestId)
            readNames(piece)
            // Further choices are only there for who asked for them through extra.
            val choice = piece.choices?.firstOrNull { it.index == null || it.index == 0 }
            choice?.let { take(it) }
            val usage = piece.usage ?: piece.groq?.usage
            if (usage == null) choice?.onlyText?.let { frame.learn(event, it) }
            usage?.let { sink.usage(it.toUsage()) }
            // Usage comes last, with the finish reason or after it; all there is to wait for then is the end marker.
            return isFinished && usage != null
        }

        private suspend fun take(choice: Choice) {
            (choice.delta ?: choice.message)?.let { content ->
                val thought = content.reasoningText
                reasoning?.append(thought)
                sink.reasoning(thought)
                sink.text(content.text)
                if (content.refuses) refused = true
                content.toolCalls?.forEach { sink.toolCall(it) }
            }
            choice.finishReason?.let(::finish)
        }

        private suspend fun StreamSink.toolCall(call: WireToolCall) {
            val index = toolCalls.of(call.index, call.id, call.function?.name)
            toolCall(index, call.id?.ifEmpty { null }, call.function?.name, call.function?.argumentsText.orEmpty())
        }

        private fun readNames(piece: Completion) {
            identify(piece.id)
            if (!modelSeen && !piece.model.isNullOrEmpty()) {
                modelSeen = true
                sink.model(piece.model)
            }
        }

        private fun finish(raw: String?) {
            isFinished = true
            reasoning?.let { toParts(it.toString()).forEach(sink::reasoningPart) }
            sink.finish(finishReason(raw, refused), raw)
        }
    }

    private companion object {
        const val DONE = "[DONE]"
    }
}
