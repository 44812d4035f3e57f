package dev.muster.gemini.internal

import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.error.StreamTruncatedException
import dev.muster.http.codec.CallIds
import dev.muster.http.endpoint.ApiCall
import dev.muster.provider.StreamSink
import kotlinx.serialization.json.JsonObject

/**
 * Decodes one response, whole or piece by piece. A response ends with its body, not with a finish reason: some gateways
 * send one with each piece, Google only with the last.
 */
internal class ResponseReader(
    private val api: GeminiApi,
    private val call: ApiCall,
    private val sink: StreamSink,
    ids: CallIds,
) {
    private val calls = FunctionCalls(sink, ids)
    private val signed = SignedParts(sink)
    private val metadata = LinkedHashMap<String, JsonObject>(0)
    private var textLength = 0
    private var saysSomething = false
    private var reason: String? = null
    private var finishMessage: String? = null

    /** Whether there was a candidate. */
    var hasCandidate: Boolean = false
        private set

    /** Whether the response may end here: there is a finish reason and no incomplete tool call. */
    val mayEnd: Boolean get() = reason.let { it == MAX_TOKENS || (it != null && !calls.isOpen) }

    /**
     * Decodes [answer].
     *
     * @param isWhole whether it is a whole response, not a piece of a stream
     */
    suspend fun take(answer: WireResponse, isWhole: Boolean, requestId: String?) {
        answer.modelVersion?.let(sink::model)
        val candidate = answer.first
        candidate?.let(::noteEnd)
        answer.usage(isOver = isWhole || reason != null)?.let(sink::usage)
        candidate?.parts?.forEach { take(it, requestId) }
        answer.error?.let { throw api.endpoint.failureInStream(call, it, requestId) }
        answer.blockReason?.let { throw api.blocked(call, it, requestId) }
        // From here on the response is complete, even if the connection breaks or the server does not close it.
        if (saysSomething && !calls.isOpen) reason?.let(::finish)
    }

    /**
     * Ends the response at the end of its body. Tells the sink only if there was a finish reason or it [isWhole].
     *
     * @throws dev.muster.error.ProviderException if the model gave up and generated nothing
     * @throws StreamTruncatedException if the response ended inside a tool call
     */
    suspend fun end(isWhole: Boolean, requestId: String?) {
        if (reason == MAX_TOKENS) calls.cut()
        if (calls.isOpen) throw cutOff(requestId)
        if (reason == null && !isWhole) return
        val isOther = finishReason(reason, calls.count > 0) == FinishReason.OTHER
        if (!saysSomething && isOther) throw api.gaveUp(call, reason, finishMessage, requestId)
        metadata.forEach { (name, json) -> opaque(name, json.toString()) }
        finish(reason)
    }

    private fun noteEnd(candidate: Candidate) {
        hasCandidate = true
        // Some gateways send STOP with each piece, or at the end: it does not replace another reason.
        candidate.reason?.let { if (reason == null || it != STOP) reason = it }
        candidate.finishMessage?.let { finishMessage = it }
        CANDIDATE_METADATA.forEach { name -> candidate.metadata(name)?.let { metadata[name] = it } }
    }

    private fun finish(raw: String?) = sink.finish(finishReason(raw, calls.count > 0), raw)

    private suspend fun take(part: Part, requestId: String?) {
        if (part.text.isNotEmpty()) if (part.isThought) sink.reasoning(part.text) else say(part.text)
        val signature = part.signature
        part.calls.forEachIndexed { at, json ->
            if (!calls.take(json, signature.takeIf { at == 0 })) throw unreadable(json, requestId)
        }
        if (calls.count > 0) saysSomething = true
        if (part.otherKind != null) {
            opaque(part.otherKind, part.otherJson)
            saysSomething = true
        }
        // Calls and opaque parts keep their signature themselves.
        if (part.calls.isEmpty() && (part.otherKind == null || part.text.isNotEmpty())) signed.take(part)
    }

    private suspend fun say(text: String) {
        if (text.isNotBlank()) saysSomething = true
        textLength += text.length
        sink.text(text)
    }

    private fun opaque(type: String, json: String) =
        sink.opaquePart(ContentPart.Opaque(type, json, API_FORMAT, textLength, calls.count))

    private fun unreadable(json: JsonObject, requestId: String?) =
        api.endpoint.malformed(call, "an argument of a tool call has an invalid JSON path", json.toString(), requestId)

    private fun cutOff(requestId: String?) = StreamTruncatedException(
        "${api.endpoint.provider}::${call.model}: the response ended inside the arguments of a tool call: try again",
        api.endpoint.contextOf(call.model).toBuilder().requestId(requestId).build(),
    )

    /**
     * Emits the signatures that are not on a tool call. A signature of thoughts is emitted with their text, one of a
     * text part without text.
     */
    private class SignedParts(private val sink: StreamSink) {
        private val thoughts = StringBuilder()

        fun take(part: Part) {
            if (part.isThought) thoughts.append(part.text)
            val signature = part.signature ?: return
            val text = if (part.isThought) thoughts.toString() else ""
            sink.reasoningPart(ContentPart.Reasoning(text, signature, API_FORMAT))
            if (part.isThought) thoughts.setLength(0)
        }
    }
}
