package dev.muster.internal

import dev.muster.error.ErrorContext
import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import dev.muster.resilience.Timeouts
import kotlinx.coroutines.delay
import kotlin.time.TimeMark
import kotlin.time.TimeSource
import kotlin.time.toKotlinDuration

/**
 * Watches one stream for silence. One coroutine for the whole stream, woken when a limit may have passed: a token costs
 * it a time stamp and no timer.
 */
internal class TokenWatch(
    private val timeouts: Timeouts,
    private val clock: TimeSource,
    private val context: ErrorContext,
) {
    private class Wait(val since: TimeMark, val first: Boolean)

    // Null while the collector is busy: its time is not the provider's.
    @Volatile
    private var wait: Wait? = Wait(clock.markNow(), first = true)

    fun arrived() {
        wait = null
    }

    fun waiting() {
        wait = Wait(clock.markNow(), first = false)
    }

    /** Runs until a limit has passed, and throws it. */
    suspend fun watch(): Nothing {
        while (true) {
            val now = wait
            val limit = limitOf(now)
            if (limit == null) {
                // No limit on this phase, or the collector is busy: look again no sooner than the next limit could end.
                delay(shortest().toKotlinDuration())
                continue
            }
            val left = limit.toKotlinDuration() - now!!.since.elapsedNow()
            if (left.isPositive()) {
                delay(left)
            } else if (wait === now) {
                throw timeout(now.first, limit)
            }
        }
    }

    /** Whether there is any limit to watch. */
    val isNeeded: Boolean get() = timeouts.firstToken != null || timeouts.betweenTokens != null

    private fun limitOf(wait: Wait?) = when {
        wait == null -> null
        wait.first -> timeouts.firstToken
        else -> timeouts.betweenTokens
    }

    private fun shortest() = listOfNotNull(timeouts.firstToken, timeouts.betweenTokens).min()

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
}
