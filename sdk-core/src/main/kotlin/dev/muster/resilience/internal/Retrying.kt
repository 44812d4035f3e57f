package dev.muster.resilience.internal

import dev.muster.error.LlmException
import dev.muster.resilience.RetryBudget
import dev.muster.resilience.RetryEvent
import dev.muster.resilience.RetryPolicy
import dev.muster.spi.carried
import kotlinx.coroutines.delay
import java.time.Duration
import kotlin.random.Random
import kotlin.time.toKotlinDuration

/** Carries out a [RetryPolicy] for the calls of one client. */
internal class Retrying(private val budget: RetryBudget, private val random: Random = Random) {
    /**
     * Runs [attempt] with its number, from 1, until it succeeds or [policy] says enough. The failure that is thrown is
     * the last one; it knows how many attempts there were and has the earlier failures suppressed.
     *
     * @param timeLeft how long the call may still take; null without end
     * @param repeatable whether another attempt may be made at all
     * @param foreign whether a failure is not the attempt's own: it is thrown as it is
     */
    suspend fun <T> run(
        policy: RetryPolicy,
        timeLeft: () -> Duration?,
        repeatable: () -> Boolean = { true },
        foreign: (LlmException) -> Boolean = { false },
        attempt: suspend (number: Int) -> T,
    ): T {
        val earlier = ArrayList<LlmException>(0)
        budget.callBegins()
        while (true) {
            try {
                return attempt(earlier.size + 1)
            } catch (e: LlmException) {
                if (foreign(e)) throw e
                val wait = if (repeatable()) carried { policy.waitAfter(e, earlier) } else null
                if (wait == null || !fits(wait, timeLeft()) || !budget.takeRetry()) throw e.after(earlier)
                policy.onRetry?.let { carried { it.accept(RetryEvent(earlier.size + 1, e, wait)) } }
                earlier += e
                delay(wait.toKotlinDuration())
            }
        }
    }

    /** How long to wait before another attempt, after [failure] and those [earlier]; null for no more. */
    private fun RetryPolicy.waitAfter(failure: LlmException, earlier: List<LlmException>): Duration? {
        val attempt = earlier.size + 1
        if (attempt > maxRetries || !failure.isRetryable || retryIf?.test(failure) == false) return null
        // Once a call: a server that goes on like that gets its back-off.
        if (failure.context.retryAtOnce && earlier.none { it.context.retryAtOnce }) return Duration.ZERO
        val ceiling = minOf(firstBackoff.toMillis().toDouble() * (1L shl minOf(attempt - 1, MAX_DOUBLINGS)), longest())
        val asked = failure.retryAfter ?: return jitter(ceiling)
        // All who were told to wait as long would come back as one: a little is added, never taken off.
        return minOf(asked, maxRetryAfter) + jitter(minOf(ceiling, asked.toMillis() * ASKED_SPREAD))
    }

    private fun jitter(ceilingMillis: Double) = Duration.ofMillis((random.nextDouble() * ceilingMillis).toLong())

    private fun RetryPolicy.longest() = maxBackoff.toMillis().toDouble()

    private fun fits(wait: Duration, left: Duration?) = left == null || wait < left

    private fun LlmException.after(earlier: List<LlmException>): LlmException {
        context = context.toBuilder().attempts(earlier.size + 1).build()
        earlier.forEach { if (it !== this) addSuppressed(it) }
        return this
    }

    private companion object {
        const val MAX_DOUBLINGS = 30
        const val ASKED_SPREAD = 0.1
    }
}
