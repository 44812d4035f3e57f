package dev.muster.resilience.internal

import dev.muster.chat.Usage
import dev.muster.concurrent.startClock
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import dev.muster.error.RateLimitedException
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.ConcurrencyLimiter.Ending
import dev.muster.resilience.RateLimiter
import dev.muster.spi.RateLimitObserver
import kotlinx.coroutines.withContext
import kotlin.time.toJavaDuration

/** What limits the attempts on [name]: one model, or all attempts at one provider. */
internal class Gate(val name: String, val concurrency: ConcurrencyLimiter?, val rate: RateLimiter?)

/**
 * Lets an attempt through its gates, the model's before the provider's: one who waits at a gate holds places only of
 * those that wait there as well.
 */
internal class Admission(gates: List<Gate>, private val context: ErrorContext) {
    private val gates = gates.filter { it.concurrency != null || it.rate != null }
    private val learning = gates.mapNotNull { it.rate }.filter { it.isLearning }

    /**
     * Runs [attempt], of the call that [state] tells of, when it may go; [estimate] tells the tokens it will use,
     * [usage] those it has used, and [spent] those it had used when it failed or was cancelled, null where nobody can
     * tell.
     */
    suspend fun <T> admit(
        state: CallState,
        estimate: () -> Long,
        usage: (T) -> Usage?,
        spent: () -> Long?,
        attempt: suspend () -> T,
    ): T {
        if (gates.isEmpty()) return attempt()
        return through(0, Tokens(state, estimate(), usage, spent)) {
            if (learning.isEmpty()) attempt() else withContext(observer(estimate)) { attempt() }
        }
    }

    /** What has to stand in the context of attempts for the limiters that learn. */
    private fun observer(estimate: () -> Long) = RateLimitObserver { status ->
        val tokens = estimate()
        learning.forEach { it.learn(status, tokens) }
    }

    private suspend fun <T> through(at: Int, tokens: Tokens<T>, attempt: suspend () -> T): T {
        val gate = gates.getOrNull(at) ?: return attempt()
        return slotted(gate, tokens.state) {
            metered(gate, tokens) { through(at + 1, tokens, attempt) }
        }
    }

    private suspend fun <T> slotted(gate: Gate, state: CallState, block: suspend () -> T): T {
        val limiter = gate.concurrency ?: return block()
        val since = state.waitingFor(gate.name, limiter) { limiter.acquire(context) }
        var ending = Ending.OTHER
        try {
            return block().also { ending = Ending.SUCCESS }
        } catch (e: LlmException) {
            if (e.isOverload) ending = Ending.OVERLOAD
            throw e
        } finally {
            limiter.release(since, ending)
        }
    }

    private suspend fun <T> metered(gate: Gate, tokens: Tokens<T>, block: suspend () -> T): T {
        val limiter = gate.rate ?: return block()
        tokens.state.waitingFor(gate.name, limiter) { limiter.acquire(tokens.estimate, context) }
        var used = tokens.spent
        try {
            return block().also { used = { tokens.usage(it)?.totalTokens } }
        } catch (e: RateLimitedException) {
            // Nothing else: who is overloaded says nothing of limits, and a quota that is used up is for all to hear.
            e.retryAfter?.let(limiter::closeFor)
            throw e
        } finally {
            limiter.ended(tokens.estimate, used())
        }
    }

    /** Runs [acquire], which waits for [limiter], the one for [name]. */
    private suspend inline fun <A> CallState.waitingFor(name: String, limiter: Any, acquire: () -> A): A {
        waiting = { "attempt $attempt was waiting for the limiter of $name, $limiter" }
        val start = if (log == null) null else startClock()
        val acquired = acquire()
        waiting = null
        if (start != null) log?.admitted("the limiter of $name, $limiter", start.elapsedNow().toJavaDuration())
        return acquired
    }

    private class Tokens<T>(val state: CallState, val estimate: Long, val usage: (T) -> Usage?, val spent: () -> Long?)
}

/** Whether the provider has more to do than it can. */
private val LlmException.isOverload: Boolean
    get() = this is RateLimitedException || status in OVERLOADED || code == "overloaded_error"

private val OVERLOADED = setOf(503, 529)
