package dev.muster.gemini.internal

import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.error.ErrorContext
import dev.muster.error.StreamTruncatedException
import dev.muster.http.ApiCall
import dev.muster.http.CallIds
import dev.muster.spi.StreamSink
import kotlinx.serialization.json.JsonObject

/**
 * Takes one answer apart, whole or piece by piece. The end of an answer is the end of its body: gateways say a finish
 * reason with each piece, and real ones with the last.
 */
internal class AnswerReader(
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

    /** Whether there was a candidate at all. */
    var hasCandidate: Boolean = false
        private set

    /** Whether the answer may end here: the model has said why, and no call is half said. */
    val mayEnd: Boolean get() = reason.let { it == MAX_TOKENS || (it != null && !calls.isOpen) }

    /**
     * Takes [answer].
     *
     * @param isWhole whether no more is to come
     */
    suspend fun take(answer: WireAnswer, isWhole: Boolean, requestId: String?) {
        answer.modelVersion?.let(sink::model)
        val candidate = answer.first
        candidate?.let(::noteEnd)
        answer.usage(isOver = isWhole || reason != null)?.let(sink::usage)
        candidate?.parts?.forEach { take(it, requestId) }
        answer.error?.let { throw api.endpoint.failureInStream(call, it, requestId) }
        answer.blockReason?.let { throw api.blocked(call, it, requestId) }
        // From here on it is whole even if the connection breaks, or the server forgets to end it.
        if (saysSomething && !calls.isOpen) reason?.let(::finish)
    }

    /**
     * The answer has ended: says so to the sink, if its end was said.
     *
     * @throws dev.muster.error.ProviderException where the model has given up and said nothing
     * @throws StreamTruncatedException where it has ended within a call
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
        // A STOP that is said with each piece, or at last for politeness, does not outdo what was said before.
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
        // On a call and on what is kept as it is, the signature stays where it stands.
        if (part.calls.isEmpty() && (part.otherKind == null || part.text.isNotEmpty())) signed.take(part)
    }

    private suspend fun say(text: String) {
        if (text.isNotBlank()) saysSomething = true
        textLength += text.length
        sink.text(text)
    }

    private fun opaque(type: String, json: String) =
        sink.opaquePart(ContentPart.Opaque(type, json, FORM, textLength, calls.count))

    private fun unreadable(json: JsonObject, requestId: String?) =
        api.endpoint.malformed(call, "the arguments of a tool call have an unknown place", json.toString(), requestId)

    private fun cutOff(requestId: String?) = StreamTruncatedException(
        "${api.provider}::${call.model}: the answer ended within the arguments of a tool call: ask again",
        ErrorContext.builder().provider(api.provider).model(call.model).requestId(requestId).build(),
    )

    /**
     * Hands on the signatures that do not stand on a call of a tool: with the thoughts that they sign, or with no text
     * where they stand on a part of the answer itself.
     */
    private class SignedParts(private val sink: StreamSink) {
        private val thoughts = StringBuilder()

        fun take(part: Part) {
            if (part.isThought) thoughts.append(part.text)
            val signature = part.signature ?: return
            sink.reasoningPart(ContentPart.Reasoning(if (part.isThought) thoughts.toString() else "", signature, FORM))
            if (part.isThought) thoughts.setLength(0)
        }
    }
}
