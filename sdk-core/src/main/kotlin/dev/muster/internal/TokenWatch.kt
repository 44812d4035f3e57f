package dev.muster.internal

import dev.muster.error.ErrorContext
import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import dev.muster.resilience.Timeouts
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.TimeSource
import kotlin.time.toKotlinDuration

/**
 * Watches one stream for silence, and interrupts its collector when the stream is cancelled meanwhile. One coroutine
 * for the whole stream, woken when a limit may have passed: a token costs it a time stamp and no timer.
 */
internal class TokenWatch(
    private val timeouts: Timeouts,
    clock: TimeSource,
    private val context: ErrorContext,
    private val output: StreamOutput,
) {
    private val origin = clock.markNow()

    /** When the wait for the provider began, in nanoseconds after [origin]; [BUSY] while the collector has its turn. */
    @Volatile
    private var since = 0L

    @Volatile
    private var first = true

    private lateinit var scope: CoroutineScope
    private var watching: Job? = null

    @Volatile
    private var ended = false

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
                    if (!ended) output.interrupt()
                }
            }
    }

    fun arrived() {
        since = BUSY
        first = false
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
            } else if (since == began) {
                throw timeout(isFirst, limit)
            }
        }
    }

    private fun timeout(first: Boolean, limit: java.time.Duration) = if (first) {
        LlmTimeoutException("No token within ${millis(limit)}", TimeoutKind.FIRST_TOKEN, limit, context)
    } else {
        LlmTimeoutException(
            "No further token within ${millis(limit)}",
            TimeoutKind.BETWEEN_TOKENS,
            limit,
            context,
        )
    }

    private fun millis(limit: java.time.Duration) = "${limit.toMillis()} ms"

    private companion object {
        const val BUSY = Long.MIN_VALUE
    }
}
