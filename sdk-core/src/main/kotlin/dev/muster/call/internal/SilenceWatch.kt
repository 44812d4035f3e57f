package dev.muster.call.internal

import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import java.util.concurrent.CancellationException
import java.util.concurrent.atomic.AtomicReference
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.TimeSource
import kotlin.time.toKotlinDuration

/**
 * Applies the timeouts for the first token and between tokens to the stream of one attempt. Cancels the collector if
 * the stream is cancelled while the collector runs.
 *
 * Uses one coroutine for the whole stream, which wakes when a timeout may have passed: a token costs a time stamp but
 * no timer.
 */
internal class SilenceWatch(private val model: CalledModel, clock: TimeSource, private val turns: CollectorTurns) {
    private val timeouts = model.timeouts
    private val origin = clock.markNow()

    /** When the wait for the provider began, in nanoseconds after [origin]; [BUSY] while the collector runs. */
    @Volatile
    private var since = 0L

    @Volatile
    private var first = true

    /** Whether the first token or its timeout came first. Later tokens do not check it. */
    private val opening = AtomicReference(Opening.WAITING)

    private lateinit var scope: CoroutineScope
    private var watching: Job? = null

    @Volatile
    private var ended = false

    /** Whether the provider has reported the end of the response. Silence after it is not a failure. */
    @Volatile
    var isFinished: Boolean = false

    /** Watches [stream] in [scope]: from now on if the first token has a timeout, else from the first token on. */
    suspend inline fun during(scope: CoroutineScope, stream: suspend () -> Unit) {
        this.scope = scope
        if (timeouts.firstToken != null) start()
        try {
            stream()
        } finally {
            ended = true
            watching?.cancel()
        }
    }

    // Undispatched, because at first it only sets a timer.
    private fun start() {
        watching =
            scope.launch(start = CoroutineStart.UNDISPATCHED) {
                try {
                    watch()
                } finally {
                    if (!ended) turns.interrupt()
                }
            }
    }

    /**
     * Records a token.
     *
     * @throws CancellationException if the timeout of the first token has passed; the watch then fails the stream
     */
    fun arrived() {
        since = BUSY
        if (first) {
            if (!opening.compareAndSet(Opening.WAITING, Opening.ARRIVED)) {
                throw CancellationException("The first token arrived too late")
            }
            first = false
        }
        if (watching == null) start()
    }

    fun waiting() {
        since = origin.elapsedNow().inWholeNanoseconds
    }

    /** Waits until a timeout has passed and throws its exception. */
    private suspend fun watch(): Nothing {
        val shortest = listOfNotNull(timeouts.firstToken, timeouts.betweenTokens).minOrNull() ?: awaitCancellation()
        while (true) {
            val began = since
            val isFirst = first
            val limit = if (began == BUSY) {
                null
            } else if (isFirst) {
                timeouts.firstToken
            } else {
                timeouts.betweenTokens
            }
            if (limit == null) {
                // No timeout in this phase, or the collector is busy: check again when the next timeout could end.
                delay(shortest.toKotlinDuration())
                continue
            }
            val left = limit.toKotlinDuration() - (origin.elapsedNow() - began.nanoseconds)
            if (left.isPositive()) {
                delay(left)
            } else if (since == began && (!isFirst || opening.compareAndSet(Opening.WAITING, Opening.TOO_LATE))) {
                // The call is not cancelled: it continues with what has arrived.
                if (isFinished) ended = true
                throw timeout(isFirst, limit)
            }
        }
    }

    private fun timeout(first: Boolean, limit: java.time.Duration): LlmTimeoutException {
        val what = if (first) "no token" else "no further token"
        val kind = if (first) TimeoutKind.FIRST_TOKEN else TimeoutKind.BETWEEN_TOKENS
        return LlmTimeoutException("${model.id}: $what within ${limit.toMillis()} ms", kind, limit, model.context)
    }

    private enum class Opening { WAITING, ARRIVED, TOO_LATE }

    private companion object {
        const val BUSY = Long.MIN_VALUE
    }
}
