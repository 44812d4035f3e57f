package dev.muster.call.internal

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import dev.muster.concurrent.clock
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.StreamTruncatedException
import dev.muster.error.TimeoutKind
import dev.muster.provider.ProviderModel
import dev.muster.provider.StreamSink
import dev.muster.provider.internal.ResponseParts
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import org.slf4j.Logger
import org.slf4j.LoggerFactory
import kotlin.time.Duration

/**
 * The stream of a call, in all its attempts: passes what the provider sends to the collector, and keeps it for the last
 * event and for the partial text of a failure.
 */
internal class RunningStream(
    private val call: RunningCall<ChatRequest, ChatResponse>,
    private val turns: CollectorTurns,
) : StreamSink {
    private val model get() = call.model
    private var parts = ResponseParts()
    private lateinit var watch: SilenceWatch

    /** Whether the provider has reported the end of the response. */
    private var isWhole = false

    /** The usage that the provider has reported in this attempt. */
    var usage: Usage? = null
        private set

    /** The time from the start of the call to the first token of this attempt; null before it. */
    var timeToFirstToken: Duration? = null
        private set

    /** The text that has arrived in this attempt; null if there is none. */
    val partialText: String? get() = if (parts.text.isEmpty()) null else parts.text.toString()

    /** Makes one attempt to stream the call's request from [provider]. */
    suspend fun attempt(provider: ProviderModel): ChatResponse.Builder {
        parts = ResponseParts()
        isWhole = false
        usage = null
        timeToFirstToken = null
        watch = SilenceWatch(model, currentCoroutineContext().clock, turns)
        try {
            coroutineScope { watch.during(this) { provider.stream(call.request, this@RunningStream) } }
        } catch (e: LlmException) {
            // At most the usage is missing, which is null then.
            if (!isWhole || isFromCollector(e) || !isOnlyTheEnd(e)) throw e
            LOG.debug("{}: stream broke off after its finish reason; usage may be missing: {}", model.id, e.message)
        }
        if (!isWhole) {
            throw StreamTruncatedException("The stream of ${model.id} ended without its end marker", model.context)
        }
        return parts.whole().usage(usage)
    }

    /** Emits the last event, and before it the text if [response] comes from an interceptor. */
    suspend fun finish(response: ChatResponse) {
        if (!turns.used && response.text.isNotEmpty()) turns.emit(ChatEvent.TextDelta(response.text))
        turns.emit(ChatEvent.Finished(response))
    }

    /** Whether the collector threw [failure], so that it is not a failure of the call. */
    fun isFromCollector(failure: LlmException): Boolean = failure === turns.thrown

    /** Why the stream must not be retried: what was delivered. Null if nothing was. */
    fun delivered(): String? = when {
        !turns.used -> null
        partialText != null -> "part of the response was delivered, and another attempt would deliver it again"
        else -> "reasoning was delivered, and another attempt would deliver it again"
    }

    /**
     * The tokens used so far by the request and its response: what the provider has reported, and an estimate of what
     * has arrived since. Null if nothing has arrived, because the provider's progress is unknown then.
     */
    fun spent(): Long? {
        val arrived = parts.tokens
        if (arrived == 0L && usage == null) return null
        return (usage?.inputTokens ?: estimateInputTokens(call.request)) + maxOf(usage?.outputTokens ?: 0, arrived)
    }

    override suspend fun text(delta: String) {
        if (delta.isEmpty()) return
        arrived()
        parts.text.append(delta)
        deliver(ChatEvent.TextDelta(delta))
    }

    override suspend fun reasoning(delta: String) {
        if (delta.isEmpty()) return
        arrived()
        parts.reasoning.append(delta)
        deliver(ChatEvent.ReasoningDelta(delta))
    }

    override suspend fun toolCall(index: Int, id: String?, name: String?, argumentsDelta: String): Unit =
        keeping { parts.toolCall(index, id, name, argumentsDelta) }

    override fun reasoningPart(part: ContentPart.Reasoning): Unit = keeping { parts.reasoningParts += part }

    override fun opaquePart(part: ContentPart.Opaque): Unit = keeping { parts.opaqueParts += part }

    override fun toolCallSignature(index: Int, signature: String): Unit =
        keeping { parts.toolCallSignature(index, signature) }

    override fun usage(usage: Usage) {
        this.usage = usage.plausible()
    }

    override fun model(name: String) {
        parts.response.model(name)
    }

    override fun requestId(id: String) {
        parts.response.requestId(id)
    }

    override fun finish(reason: FinishReason, raw: String?) {
        isWhole = true
        watch.isFinished = true
        parts.response.finish(reason, raw)
    }

    // A tail call, which needs no continuation.
    private suspend fun deliver(event: ChatEvent) = turns.emit(event, watch)

    /** Runs [keep], for parts that the collector receives only with the last event. */
    private inline fun keeping(keep: () -> Unit) {
        arrived()
        keep()
        watch.waiting()
    }

    private fun arrived() {
        watch.arrived()
        if (timeToFirstToken == null) timeToFirstToken = call.start.elapsedNow()
    }

    /** Whether the stream only broke off or fell silent, without an error of the provider. */
    private fun isOnlyTheEnd(e: LlmException) =
        e is StreamTruncatedException || (e is LlmTimeoutException && e.kind in SILENCE)

    private companion object {
        val LOG: Logger = LoggerFactory.getLogger("dev.muster.call")
        val SILENCE = setOf(TimeoutKind.FIRST_TOKEN, TimeoutKind.BETWEEN_TOKENS)
    }
}
