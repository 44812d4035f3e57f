package dev.muster.call.internal

import dev.muster.chat.ChatEvent
import dev.muster.chat.Usage
import dev.muster.error.Arrived
import dev.muster.error.LlmException
import dev.muster.resilience.internal.Attempts
import kotlinx.coroutines.flow.FlowCollector
import java.time.Duration
import kotlin.time.TimeMark
import kotlin.time.toJavaDuration

/**
 * One call of a model, passed to every [Link] of its path. Used by one coroutine at a time.
 *
 * @param R the request
 * @param T the response
 * @param start when the call started
 * @param collector receives the events of a stream; null for a call without a stream
 */
internal class RunningCall<R, T>(
    private val path: CallPath<R, T>,
    private val end: PathEnd<R, T>,
    request: R,
    val start: TimeMark,
    val collector: FlowCollector<ChatEvent>?,
) : Attempts(path.model.context) {
    val model: CalledModel get() = path.model

    /** The request to send. An interceptor may replace it. */
    var request: R = request
        set(value) {
            if (value === field) return
            end.check(value)
            field = value
            estimate = UNKNOWN
        }

    /** An estimate of the tokens that one attempt will use. */
    var estimate: Long = UNKNOWN
        get() {
            if (field == UNKNOWN) field = end.estimate(request)
            return field
        }
        private set

    /** The usage that the response of the last attempt reports. Null before its end, or if not reported. */
    var usage: Usage? = null
        private set

    /** The stream of the call, in all attempts; null for a call without a stream. */
    var stream: RunningStream? = null

    private var tagged: MutableMap<String, Any>? = null

    /** Values that interceptors keep with the call. */
    val tags: MutableMap<String, Any> get() = tagged ?: HashMap<String, Any>().also { tagged = it }

    /** Continues with link number [at] of the path. After the last link, makes an attempt. */
    suspend fun proceed(at: Int): T = if (at == path.links.size) attempt() else path.links[at].run(this, at + 1)

    private suspend fun attempt(): T {
        usage = null
        return end.attempt(this).also { usage = end.usageOf(it) }
    }

    /** The tokens that the attempt had used when it failed or was cancelled; null if unknown. */
    fun spent(): Long? = stream?.spent()

    override fun timeLeft(): Duration? = model.timeouts.total?.minus(start.elapsedNow().toJavaDuration())

    override fun begun(): String? = stream?.delivered()

    override fun isForeign(failure: LlmException): Boolean = stream?.isFromCollector(failure) == true

    override fun arrived() = Arrived(told(), doing(), earlier, stream?.partialText, stream?.usage)

    private companion object {
        const val UNKNOWN = -1L
    }
}
