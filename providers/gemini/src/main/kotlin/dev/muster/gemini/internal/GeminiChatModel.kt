package dev.muster.gemini.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.StructuredOutputMode
import dev.muster.http.codec.CallIds
import dev.muster.http.codec.SseEvent
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.EventDecoder
import dev.muster.provider.CollectedResponse
import dev.muster.provider.ProviderModel
import dev.muster.provider.StreamSink

/** One model behind `:generateContent` and `:streamGenerateContent`. */
internal class GeminiChatModel(private val model: String, private val api: GeminiApi) : ProviderModel {
    private val name = model.substringAfterLast('/')

    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, "generateContent")
        val answer = api.endpoint.post(call)
        val collected = CollectedResponse()
        val reader = ResponseReader(api, call, collected, CallIds(request.messages))
        val pieces = api.answers(call, answer.text, answer.requestId)
        val requestId = answer.requestId ?: pieces.firstNotNullOfOrNull { it.responseId }
        pieces.forEach { reader.take(it, isWhole = true, requestId) }
        if (!reader.hasCandidate) {
            throw api.endpoint.malformed(call, "the response has no candidates", answer.text, requestId)
        }
        reader.end(isWhole = true, requestId)
        return collected.response().requestId(requestId).rawJson(answer.text)
    }

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, "streamGenerateContent?alt=sse")
        val decoder = StreamDecoder(call, sink, CallIds(request.messages))
        api.endpoint.events(call, decoder)
        decoder.end()
    }

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode = when {
        NO_FORM.matches(name) -> StructuredOutputMode.INSTRUCTION
        request.tools.isNotEmpty() && NO_FORM_BESIDE_TOOLS.matches(name) -> StructuredOutputMode.INSTRUCTION
        else -> StructuredOutputMode.NATIVE
    }

    private fun call(request: ChatRequest, method: String): ApiCall {
        faultOf(request)?.let { throw api.refusal(model, it) }
        return api.endpoint.chatCall(api.pathOf(model, method), model, request) {
            encode(request, WANTS_SIGNATURES.containsMatchIn(model))
        }
    }

    /** Decodes one stream. */
    private inner class StreamDecoder(private val call: ApiCall, sink: StreamSink, ids: CallIds) :
        EventDecoder(sink) {
        private val reader = ResponseReader(api, call, sink, ids)

        override val isFinished: Boolean get() = reader.mayEnd

        override suspend fun take(event: SseEvent): Boolean {
            val data = event.data
            if (data.isBlank()) return false
            for (piece in api.answers(call, data, requestId)) {
                identify(piece.responseId)
                reader.take(piece, isWhole = false, requestId)
            }
            return false
        }

        suspend fun end() = reader.end(isWhole = false, requestId)
    }

    private companion object {
        val NO_FORM = Regex("gemma.*")

        /**
         * Before Gemini 3, the API refuses schemas together with tools: "Function calling with a response mime type:
         * 'application/json' is unsupported".
         */
        val NO_FORM_BESIDE_TOOLS = Regex("gemini-[12]\\..*")

        /** Gemini 3 and later, and names such as `gemini-flash-latest` that refer to one of them. */
        val WANTS_SIGNATURES = Regex("gemini-(?![12]\\.)")
    }
}
