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
 * Watches the stream of one attempt for silence, and interrupts its collector if the stream is cancelled meanwhile. It
 * is one coroutine for the whole stream, which wakes when a timeout may have passed: a token costs a time stamp and no
 * timer.
 */
internal class SilenceWatch(private val model: CalledModel, clock: TimeSource, private val turns: CollectorTurns) {
    private val timeouts = model.timeouts
    private val origin = clock.markNow()

    /** When the wait for the provider began, in nanoseconds after [origin]; [BUSY] while the collector has its turn. */
    @Volatile
    private var since = 0L

    @Volatile
    private var first = true

    /** Which came first, the first token or its limit; later tokens do not look. */
    private val opening = AtomicReference(Opening.WAITING)

    private lateinit var scope: CoroutineScope
    private var watching: Job? = null

    @Volatile
    private var ended = false

    /** Whether the provider has said that its answer is whole: silence then only ends it. */
    @Volatile
    var isFinished: Boolean = false

    /** Watches [stream] in [scope]: from now on if the first token has a limit, else from that token on. */
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

    // In place: all it does at first is to set a timer.
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
     * A token is here.
     *
     * @throws CancellationException where the limit of the first one has passed: the failure of the watch is on its way
     */
    fun arrived() {
        since = BUSY
        if (first) {
            if (!opening.compareAndSet(Opening.WAITING, Opening.ARRIVED)) {
                throw CancellationException("The first token has come too late")
            }
            first = false
        }
        if (watching == null) start()
    }

    fun waiting() {
        since = origin.elapsedNow().inWholeNanoseconds
    }

    /** Runs until a limit has passed, and throws it. */
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
                // No limit on this phase, or the collector is busy: look again no sooner than the next limit could end.
                delay(shortest.toKotlinDuration())
                continue
            }
            val left = limit.toKotlinDuration() - (origin.elapsedNow() - began.nanoseconds)
            if (left.isPositive()) {
                delay(left)
            } else if (since == began && (!isFirst || opening.compareAndSet(Opening.WAITING, Opening.TOO_LATE))) {
                // Nothing is wrong with the call, which goes on with what has come.
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
