@file:JvmName("HedgeKt")

package dev.muster.concurrent

import dev.muster.concurrent.internal.HedgeBudget
import dev.muster.concurrent.internal.Latencies
import dev.muster.error.LlmException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.withTimeoutOrNull
import org.slf4j.LoggerFactory
import java.time.Duration
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration

/**
 * When a slow call gets a second copy, and how many second copies are allowed.
 *
 * A hedge learns from the calls it has seen: share one instance among all calls of the same kind. Thread-safe.
 */
public class Hedge private constructor(builder: Builder) {
    /**
     * The share of the last 1,000 calls that may have a second copy. Default: 0.05.
     *
     * The first ten copies are started regardless of the share, unless it is 0, so that a hedge works from its first
     * call. They count in the share: with 0.05, the eleventh copy is possible from the 220th call.
     */
    @get:JvmName("maxExtra")
    public val maxExtra: Double = builder.maxExtra

    private val fixed = builder.delay
    private val latencies = builder.percentile?.let(::Latencies)
    private val budget = HedgeBudget(builder.maxExtra)

    /**
     * How long a call may take before its second copy starts: the fixed delay or the observed percentile.
     *
     * Null if there is no fixed delay and fewer than 20 calls have succeeded. Until then only a failure starts a
     * second copy.
     */
    @get:JvmName("delay")
    public val delay: Duration? get() = latencies?.delay() ?: fixed

    /** The number of second copies started so far. */
    @get:JvmName("extraCalls")
    public val extraCalls: Long get() = budget.taken

    /**
     * The number of second copies that were not started because the share was used up. Their calls waited for the
     * first copy alone. The logger `dev.muster.concurrent` logs each of them at DEBUG. See [maxExtra].
     */
    @get:JvmName("withheld")
    public val withheld: Long get() = budget.withheld

    @JvmSynthetic
    internal fun callBegins(): Unit = budget.callBegins()

    @JvmSynthetic
    internal fun takeExtra(): Boolean {
        if (budget.take()) return true
        log.debug(
            "Did not start a second copy: {} were started so far, and maxExtra allows a share of {} of the calls",
            extraCalls,
            maxExtra,
        )
        return false
    }

    @JvmSynthetic
    internal fun succeeded(latency: Duration) {
        latencies?.add(latency)
    }

    override fun toString(): String =
        "Hedge(delay=$delay, maxExtra=$maxExtra, extraCalls=$extraCalls, withheld=$withheld)"

    /** Builds a [Hedge]. Not thread-safe. */
    public class Builder {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var delay: Duration? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var percentile: Double? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var maxExtra = DEFAULT_EXTRA

        /**
         * Starts the second copy after [delay]. If [percentile] is set too, [delay] applies only until enough calls
         * were observed.
         *
         * @throws IllegalArgumentException if [delay] is negative
         */
        public fun delay(delay: Duration): Builder = apply {
            require(!delay.isNegative) { "delay must not be negative, was $delay" }
            this.delay = delay
        }

        /**
         * Starts the second copy when the call has taken longer than this share of the latest calls, for example 0.95.
         *
         * @throws IllegalArgumentException if [percentile] is not between 0 and 1
         */
        public fun percentile(percentile: Double): Builder = apply {
            require(percentile > 0 && percentile < 1) { "percentile must be between 0 and 1, was $percentile" }
            this.percentile = percentile
        }

        /**
         * Sets [Hedge.maxExtra]. Default: 0.05. With 1 every call may have a second copy, with 0 no call.
         *
         * @throws IllegalArgumentException if [share] is not from 0 to 1
         */
        public fun maxExtra(share: Double): Builder = apply {
            require(share in 0.0..1.0) { "maxExtra must be from 0 to 1, was $share" }
            maxExtra = share
        }

        /**
         * Returns the hedge.
         *
         * @throws IllegalArgumentException if neither a delay nor a percentile is set
         */
        public fun build(): Hedge {
            require(delay != null || percentile != null) { "A hedge needs a delay or a percentile: set at least one" }
            return Hedge(this)
        }
    }

    /** Creates hedges. */
    public companion object {
        private const val DEFAULT_EXTRA = 0.05
        private const val SLOW = 0.95

        /**
         * Returns a hedge that starts the second copy after [delay]. Other settings have their defaults; see
         * [Hedge.maxExtra].
         */
        @JvmStatic
        public fun after(delay: Duration): Hedge = builder().delay(delay).build()

        /**
         * Returns a hedge that starts the second copy when a call takes longer than 95 % of the latest calls.
         *
         * Until 20 calls have succeeded, a slow call gets no second copy, only a failed one does: see [Hedge.delay].
         * To start second copies from the first call, set [Builder.delay] as well.
         */
        @JvmStatic
        public fun learned(): Hedge = builder().percentile(SLOW).build()

        /** Returns an empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/**
 * Runs [call], and a second copy of it if the first is slow as defined by [hedge]. If the first fails with a retryable
 * exception ([LlmException.isRetryable]), the second copy starts at once.
 *
 * The first *success* wins. The other copy is cancelled and has finished when this function returns. If the hedge's
 * share is used up ([Hedge.maxExtra], [Hedge.withheld]), only the first copy runs.
 *
 * Use it only for calls that may run twice, such as a request to a model. Do not use it for a conversation or for a
 * tool with side effects.
 *
 * If both copies fail, the failure of the first is thrown, with that of the second as a suppressed exception. A
 * failure that is not retryable, a cancellation or a closed client ends both copies at once.
 *
 * ```kotlin
 * val hedge = Hedge.learned()
 * val answers = gather(prompts) { prompt -> hedge(hedge) { model.ask(prompt) } }
 * println(answers)
 * ```
 */
public suspend fun <T> hedge(hedge: Hedge, call: suspend () -> T): T {
    hedge.callBegins()
    val start = startClock()
    val firstFailed = CompletableDeferred<Unit>()
    var first: Throwable? = null
    var second: Throwable? = null
    var value: Outcome<T>? = null
    settled(flowOf(true, false), Window.unbounded(), {
        endsHedge(it) || (first != null && second != null)
    }) { isFirst ->
        if (isFirst) {
            call().also { hedge.succeeded(start.elapsedNow().toJavaDuration()) }
        } else {
            awaitSlowness(hedge.delay, firstFailed)
            if (!hedge.takeExtra()) throw NoSecondCopy()
            call()
        }
    }.collect { result ->
        val outcome = result.outcome
        when {
            endsHedge(outcome) -> value = outcome
            result.item -> first = outcome.exceptionOrNull().also { firstFailed.complete(Unit) }
            else -> second = outcome.exceptionOrNull()
        }
    }
    value?.let { return it.getOrThrow() }
    val failure = checkNotNull(first)
    second?.takeIf { it !is NoSecondCopy && it !== failure }?.let(failure::addSuppressed)
    throw failure
}

private suspend fun awaitSlowness(delay: Duration?, firstFailed: CompletableDeferred<Unit>) {
    if (delay == null) firstFailed.await() else withTimeoutOrNull(delay.toKotlinDuration()) { firstFailed.await() }
}

/** Whether [outcome] is a success, or a failure that a second copy would only repeat. */
private fun endsHedge(outcome: Outcome<*>): Boolean = when (val failure = outcome.exceptionOrNull()) {
    null -> true
    is NoSecondCopy -> false
    is LlmException -> !failure.isRetryable
    else -> true
}

private val log = LoggerFactory.getLogger("dev.muster.concurrent")

/** The share of second copies is used up. */
private class NoSecondCopy : RuntimeException(null, null, false, false)
