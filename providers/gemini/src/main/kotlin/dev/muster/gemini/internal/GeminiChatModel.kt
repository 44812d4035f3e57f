package dev.muster.gemini.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.StructuredOutputMode
import dev.muster.chat.Usage
import dev.muster.http.ApiCall
import dev.muster.http.ErrorBody
import dev.muster.http.EventDecoder
import dev.muster.http.SseEvent
import dev.muster.spi.ProviderModel
import dev.muster.spi.StreamSink

/** One model behind `:generateContent` and `:streamGenerateContent`. */
internal class GeminiChatModel(private val model: String, private val api: GeminiApi) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, "generateContent")
        val answer = api.endpoint.post(call)
        val wire = api.decode(WireAnswer.serializer(), call, answer.text, answer.requestId)
        val requestId = answer.requestId ?: wire.responseId
        throwIfFailed(call, wire, requestId)
        val candidate =
            wire.first ?: throw api.endpoint.malformed(call, "the answer has no candidates", answer.text, requestId)
        val calls =
            candidate.parts.filter { it.functionCall != null }.mapIndexedNotNull { at, part ->
                part.functionCall?.toToolCall(wire.responseId, at, part.thoughtSignature)
            }
        val signed = SignedParts()
        candidate.parts.forEach(signed::take)
        val (thoughts, said) = candidate.parts.partition { it.isThought }
        val builder =
            ChatResponse
                .builder()
                .text(said.joinToString("") { it.text.orEmpty() })
                .reasoning(thoughts.joinToString("") { it.text.orEmpty() }.ifEmpty { null })
                .reasoningParts(signed.parts)
                .toolCalls(calls)
                .finish(finishReason(candidate.reason, calls.isNotEmpty()), candidate.reason)
                .usage(wire.usageMetadata?.toUsage())
                .requestId(requestId)
                .rawJson(answer.text)
        wire.modelVersion?.let(builder::model)
        return builder
    }

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, "streamGenerateContent?alt=sse")
        api.endpoint.events(call, StreamDecoder(call, sink))
    }

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode = when {
        NO_FORM.matches(model) -> StructuredOutputMode.INSTRUCTION
        request.tools.isNotEmpty() && NO_FORM_BESIDE_TOOLS.matches(model) -> StructuredOutputMode.INSTRUCTION
        else -> StructuredOutputMode.NATIVE
    }

    private fun call(request: ChatRequest, method: String): ApiCall {
        if (request.parallelToolCalls == false) throw api.refusal(model, "it cannot be told to call one tool at a time")
        checkMedia(request)
        return api.call(model, method, encode(request, WANTS_SIGNATURES.containsMatchIn(model))) {
            request.messages.flatMap { message -> message.toolCalls.map { it.arguments } + message.text }
        }
    }

    private fun checkMedia(request: ChatRequest) {
        val media = request.messages.flatMap { it.content }.filterIsInstance<ContentPart.Media>()
        if (media.any { it.url != null && mediaTypeOf(it) == null && !isKnownToGoogle(it) }) {
            throw api.refusal(
                model,
                "it wants to know what lies at a URL, whose path ends in no known type such as .png or .pdf: " +
                    "send the bytes, or give the document a name that ends so",
            )
        }
    }

    private fun throwIfFailed(call: ApiCall, answer: WireAnswer, requestId: String?) {
        answer.error.orNull()?.let { throw api.endpoint.failureInStream(call, ErrorBody.ofError(it), requestId) }
        answer.blockReason?.let { throw api.blocked(call, it, requestId) }
    }

    /** Takes one stream apart. */
    private inner class StreamDecoder(private val call: ApiCall, sink: StreamSink) : EventDecoder(sink) {
        private var toolCalls = 0
        private var saysSomething = false
        private val signed = SignedParts(sink::reasoningPart)

        override suspend fun take(event: SseEvent): Boolean {
            val data = event.data
            if (data.isBlank()) return false
            val answer = api.decode(WireAnswer.serializer(), call, data, requestId)
            identify(answer.responseId)
            answer.modelVersion?.let(sink::model)
            val usage = answer.usageMetadata?.toUsage(isOver = answer.first?.reason != null)
            if (usage != null && usage != Usage.UNKNOWN) sink.usage(usage)
            throwIfFailed(call, answer, requestId)
            val candidate = answer.first ?: return false
            candidate.parts.forEach { take(it, answer.responseId) }
            if (candidate.parts.isNotEmpty()) saysSomething = true
            val reason = candidate.reason ?: return false
            sink.finish(finishReason(reason, toolCalls > 0), reason)
            // Gateways say so of a first event without parts as well: whether nothing comes is known when it has ended.
            return saysSomething || reason != STOP
        }

        private suspend fun take(part: Part, responseId: String?) {
            val text = part.text.orEmpty()
            if (text.isNotEmpty()) if (part.isThought) sink.reasoning(text) else sink.text(text)
            signed.take(part)
            val function = part.functionCall ?: return
            val at = toolCalls++
            sink.toolCall(at, function.idOr(responseId, at), function.name, function.arguments)
            part.thoughtSignature?.let { sink.toolCallSignature(at, it) }
        }
    }

    /**
     * Collects the signatures that do not stand on a call of a tool: with the thoughts that they sign, or with no text
     * where they stand on a part of the answer itself.
     */
    private class SignedParts(private val whole: ((ContentPart.Reasoning) -> Unit)? = null) {
        val parts = ArrayList<ContentPart.Reasoning>(0)
        private val thoughts = StringBuilder()

        fun take(part: Part) {
            if (part.functionCall != null) return
            if (part.isThought) thoughts.append(part.text.orEmpty())
            val signature = part.thoughtSignature ?: return
            val reasoning = ContentPart.Reasoning(if (part.isThought) thoughts.toString() else "", signature, FORM)
            if (part.isThought) thoughts.setLength(0)
            parts += reasoning
            whole?.invoke(reasoning)
        }
    }

    private companion object {
        val NO_FORM = Regex("gemma.*")

        /** "Function calling with a response mime type: 'application/json' is unsupported", until Gemini 3. */
        val NO_FORM_BESIDE_TOOLS = Regex("gemini-[12]\\..*")

        /** Gemini 3 and later, and names such as `gemini-flash-latest` that stand for one of them. */
        val WANTS_SIGNATURES = Regex("gemini-(?![12]\\.)")
    }
}
