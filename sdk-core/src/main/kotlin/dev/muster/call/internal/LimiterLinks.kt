package dev.muster.call.internal

import dev.muster.concurrent.startClock
import dev.muster.error.LlmException
import dev.muster.error.RateLimitedException
import dev.muster.provider.RateLimitObserver
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.ConcurrencyLimiter.Ending
import dev.muster.resilience.RateLimiter
import kotlinx.coroutines.withContext
import kotlin.time.toJavaDuration

/** Holds a permit of [limiter] while an attempt runs. */
internal class ConcurrencyLink<R, T>(private val name: String, private val limiter: ConcurrencyLimiter) : Link<R, T> {
    override suspend fun run(call: RunningCall<R, T>, next: Int): T {
        val since = call.waitingFor(name, limiter) { limiter.acquire(call.context) }
        var ending = Ending.OTHER
        try {
            return call.proceed(next).also { ending = Ending.SUCCESS }
        } catch (e: LlmException) {
            if (e.isOverload) ending = Ending.OVERLOAD
            throw e
        } finally {
            limiter.release(since, ending)
        }
    }
}

/** Takes a request and its estimated tokens from [limiter], and corrects the estimate after the attempt. */
internal class RateLink<R, T>(private val name: String, private val limiter: RateLimiter) : Link<R, T> {
    override suspend fun run(call: RunningCall<R, T>, next: Int): T {
        val estimate = call.estimate
        call.waitingFor(name, limiter) { limiter.acquire(estimate, call.context) }
        var hasEnded = false
        try {
            return call.proceed(next).also { hasEnded = true }
        } catch (e: RateLimitedException) {
            // Only then: an overload says nothing about limits, and every caller must see that a quota is exhausted.
            e.retryAfter?.let(limiter::closeFor)
            throw e
        } finally {
            limiter.ended(estimate, if (hasEnded) call.usage?.totalTokens else call.spent())
        }
    }
}

/** Lets [limiters] learn from the response headers. */
internal class LearnLimits<R, T>(private val limiters: List<RateLimiter>) : Link<R, T> {
    override suspend fun run(call: RunningCall<R, T>, next: Int): T {
        val observer = RateLimitObserver { status -> limiters.forEach { it.learn(status, call.estimate) } }
        return withContext(observer) { call.proceed(next) }
    }
}

/** Runs [acquire], which waits for [limiter], the limiter of [name]. */
private suspend inline fun <A> RunningCall<*, *>.waitingFor(name: String, limiter: Any, acquire: () -> A): A {
    waiting = { "attempt $attempt was waiting for the limiter of $name, $limiter" }
    val start = if (log == null) null else startClock()
    val acquired = acquire()
    waiting = null
    if (start != null) log?.admitted("the limiter of $name, $limiter", start.elapsedNow().toJavaDuration())
    return acquired
}

/** Whether the provider is overloaded. */
private val LlmException.isOverload: Boolean
    get() = this is RateLimitedException || status in OVERLOADED || code == "overloaded_error"

private val OVERLOADED = setOf(503, 529)
