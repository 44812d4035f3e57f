package dev.muster.openai.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.http.codec.CallIds
import dev.muster.http.codec.SseEvent
import dev.muster.http.codec.TextFrame
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ErrorBody
import dev.muster.http.endpoint.EventDecoder
import dev.muster.provider.StreamSink

/**
 * Decodes one chat completion, streamed or whole. A finish reason does not end the response, because gateways send one
 * with every piece. The response ends with the end marker, or with the end of the body.
 */
internal class ChatDecoder(
    private val call: ApiCall,
    private val endpoint: OpenAiEndpoint,
    request: ChatRequest,
    sink: StreamSink,
) : EventDecoder(sink) {
    private val calls = ToolCalls(CallIds(request.messages))
    private val frame = TextFrame("content")
    private val sound = Sound()
    private val reasoning = StringBuilder().takeIf { endpoint.dialect.wantsReasoningBack }
    private var modelSeen = false
    private var refused = false
    private var said = 0
    private var reason: String? = null
    private var isOver = false

    /** With the finish reason the response is complete. At most its usage is missing. */
    override val isFinished: Boolean get() = reason != null

    override fun textOf(event: SseEvent): String? = frame.textOf(event)?.also { said += it.length }

    override suspend fun take(event: SseEvent): Boolean {
        val data = event.data
        if (data.isBlank()) return false
        if (data.trim() == DONE) {
            isOver = true
            return true
        }
        val piece = decode(data)
        failIfReported(piece, requestId ?: piece.id)
        if (event.name == "error") throw endpoint.http.failureInStream(call, ErrorBody.parse(data), requestId)
        readNames(piece)
        val choice = piece.choice
        choice?.content?.let { take(it) }
        choice?.finishReason?.let { finish(it) }
        val usage = piece.tokens
        if (usage == null) choice?.onlyText?.let { frame.learn(event, it) } else sink.usage(usage)
        // The final piece of OpenAI's protocol: some servers send no end marker after it and keep the connection open.
        return isFinished && usage != null && piece.choices?.isEmpty() == true
    }

    /** Decodes [body], a whole response. */
    suspend fun whole(body: String) = whole(decode(body), body)

    /** Decodes [body], all events of a stream. */
    suspend fun stream(body: String) {
        replay(body)
        if (!isOver && !isFinished) {
            val why = "expected a JSON response but got an event stream without its end marker"
            throw endpoint.http.malformed(call, why, body, requestId)
        }
        end()
    }

    override suspend fun takeBody(body: String): Boolean {
        val completion = readWire(Completion.serializer(), body)?.takeIf { !it.choices.isNullOrEmpty() } ?: return false
        whole(completion, body)
        return true
    }

    private suspend fun whole(completion: Completion, body: String) {
        failIfReported(completion, requestId ?: completion.id)
        readNames(completion)
        val choice = completion.choice ?: completion.choices?.firstOrNull()
        val content =
            choice?.wholeContent ?: throw endpoint.http.malformed(call, "the response has no message", body, requestId)
        take(content)
        isOver = true
        choice.finishReason?.let { finish(it) }
        completion.tokens?.let(sink::usage)
        end()
    }

    private suspend fun take(content: Content) {
        val thought = content.reasoningText
        reasoning?.append(thought)
        sink.reasoning(thought)
        val text = content.text
        sink.text(text)
        said += text.length
        if (content.refuses) refused = true
        content.sound?.let(sound::take)
        content.others.forEach { (type, block) ->
            sink.opaquePart(ContentPart.Opaque(type, block.toString(), CHAT_FORM, said, calls.count))
        }
        val pieces = content.calls
        pieces.forEach(calls::take)
        // Signals progress now: the calls themselves are known only later.
        if (pieces.isNotEmpty()) sink.toolCall(0, null, null, "")
    }

    private suspend fun finish(raw: String) {
        if (raw in BROKEN_OFF) {
            val why = "the provider aborted the response with finish reason $raw"
            throw endpoint.http.failureInStream(call, ErrorBody(raw, null, why), requestId)
        }
        reason = raw
        tellEnd()
    }

    /** Emits what is known only at the end of the response. Does nothing if the end has not arrived. */
    suspend fun end() {
        if (!isFinished && !isOver) return
        if (!reasoning.isNullOrEmpty()) {
            sink.reasoningPart(ContentPart.Reasoning(reasoning.toString(), null, CHAT_FORM))
        }
        sound.toJson()?.let { sink.opaquePart(ContentPart.Opaque(AUDIO, it, CHAT_FORM, said, calls.count)) }
        tellEnd()
    }

    private suspend fun tellEnd() {
        calls.tell(sink)
        sink.finish(finishReason(reason, refused), reason)
    }

    private fun decode(text: String): Completion =
        endpoint.decode(call, Completion.serializer(), text, requestId, "a chat completion")

    private fun failIfReported(completion: Completion, requestId: String?) {
        val error = completion.error.reported() ?: completion.choice?.error.reported()
        endpoint.failIfReported(call, error, requestId)
    }

    private fun readNames(piece: Completion) {
        identify(piece.id)
        if (!modelSeen && !piece.model.isNullOrEmpty()) {
            modelSeen = true
            sink.model(piece.model)
        }
    }

    private companion object {
        const val DONE = "[DONE]"
    }
}
