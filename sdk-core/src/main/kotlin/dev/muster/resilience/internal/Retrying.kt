@file:OptIn(InternalMusterApi::class)

package dev.muster.resilience.internal

import dev.muster.annotation.InternalMusterApi
import dev.muster.error.Arrivals
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import dev.muster.facade.carried
import dev.muster.resilience.RetryBudget
import dev.muster.resilience.RetryEvent
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.isActive
import java.time.Duration
import java.util.concurrent.CancellationException
import kotlin.random.Random
import kotlin.time.toKotlinDuration

/** Carries out a [RetryPolicy] for the calls of one client. */
internal class Retrying(private val budget: RetryBudget, private val random: Random = Random) {
    /**
     * Runs [attempt] with its number, from 1, until it succeeds or [policy] allows no more. Throws the last failure,
     * with the number of attempts and with the earlier failures as suppressed exceptions. Its message says why an
     * attempt that the policy allows was not made. If a timeout cancels the attempts, reports their progress to it.
     *
     * @param attempts records the progress
     */
    suspend fun <T> run(
        policy: RetryPolicy,
        attempts: Attempts = Attempts(ErrorContext.NONE),
        attempt: suspend (number: Int) -> T,
    ): T {
        budget.callBegins()
        try {
            return loop(policy, attempts, attempt)
        } catch (e: CancellationException) {
            if (!currentCoroutineContext().isActive) {
                Arrivals.report(e, attempts::arrived)
                attempts.log?.ended("cancelled while ${attempts.doing()}", attempts.attempt)
            }
            throw e
        }
    }

    private suspend fun <T> loop(policy: RetryPolicy, attempts: Attempts, attempt: suspend (number: Int) -> T): T {
        while (true) {
            val number = attempts.begin()
            val failure =
                try {
                    return attempt(number).also { attempts.log?.ended("done", number) }
                } catch (e: LlmException) {
                    e
                }
            waitOrThrow(policy, attempts, failure)
        }
    }

    /** Waits until the next attempt may start. Throws [failure], the last one, if there is no next attempt. */
    private suspend fun waitOrThrow(policy: RetryPolicy, attempts: Attempts, failure: LlmException) {
        if (attempts.isForeign(failure)) throw failure
        val number = attempts.attempt
        attempts.log?.failed(number, failure)
        val wait = carried { policy.waitAfter(failure, attempts.earlier) }
        val obstacle = wait?.let { attempts.begun() ?: tooLong(it, attempts.timeLeft()) ?: overBudget() }
        if (wait == null || obstacle != null) throw failure.after(attempts, obstacle?.let { "not retried: $it" })
        policy.onRetry?.let { carried { it.accept(RetryEvent(number, failure, wait)) } }
        attempts.backsOff(failure, wait)
        delay(wait.toKotlinDuration())
    }

    /** The back-off after [failure] and the [earlier] ones. Null if there is no next attempt. */
    private fun RetryPolicy.waitAfter(failure: LlmException, earlier: List<LlmException>): Duration? {
        val attempt = earlier.size + 1
        if (attempt > maxRetries || !failure.isRetryable || retryIf?.test(failure) == false) return null
        // Once per call: if it happens again, the usual back-off applies.
        if (failure.context.retryAtOnce && earlier.none { it.context.retryAtOnce }) return Duration.ZERO
        val ceiling = minOf(firstBackoff.toMillis().toDouble() * (1L shl minOf(attempt - 1, MAX_DOUBLINGS)), longest())
        val asked = failure.retryAfter ?: return jitter(ceiling)
        // Callers that got the same Retry-After must not return at the same moment: add a little, subtract nothing.
        return minOf(asked, maxRetryAfter) + jitter(minOf(ceiling, asked.toMillis() * ASKED_SPREAD))
    }

    private fun jitter(ceilingMillis: Double) = Duration.ofMillis((random.nextDouble() * ceilingMillis).toLong())

    private fun RetryPolicy.longest() = maxBackoff.toMillis().toDouble()

    private fun tooLong(wait: Duration, left: Duration?): String? = if (left == null || wait < left) {
        null
    } else {
        "the wait of ${wait.toMillis()} ms would outlast the ${maxOf(0, left.toMillis())} ms left of the total timeout"
    }

    private fun overBudget(): String? =
        if (budget.takeRetry()) null else "the client's retry budget is used up, because many calls fail"

    private fun LlmException.after(attempts: Attempts, why: String?): LlmException {
        context = context.toBuilder().attempts(attempts.attempt).build()
        note = why
        shortenTraces(attempts.earlier.filter { it !== this } + listOfNotNull(cause))
        attempts.earlier.forEach { if (it !== this) addSuppressed(it) }
        attempts.log?.ended(why ?: "failed", attempts.attempt)
        return this
    }

    private companion object {
        const val MAX_DOUBLINGS = 30
        const val ASKED_SPREAD = 0.1
    }
}
