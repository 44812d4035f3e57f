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
 * When a slow call gets a second copy of itself, and how many such copies there may be. Keeps what it has learned:
 * share one for all calls of a kind. Thread-safe.
 */
public class Hedge private constructor(builder: Builder) {
    /**
     * The share of the last thousand calls that may have a second copy. Default: 0.05.
     *
     * The first ten copies are started whatever the share, unless it is 0, so that a hedge works from its first call
     * on. They count in the share: 5 % of the calls allow the eleventh copy at the 220th call.
     */
    @get:JvmName("maxExtra")
    public val maxExtra: Double = builder.maxExtra

    private val fixed = builder.delay
    private val latencies = builder.percentile?.let(::Latencies)
    private val budget = HedgeBudget(builder.maxExtra)

    /**
     * How long a call may take before its second copy starts: as given, or as observed. Null while nothing is given and
     * fewer than 20 calls have succeeded: until then only a failure starts a second copy.
     */
    @get:JvmName("delay")
    public val delay: Duration? get() = latencies?.delay() ?: fixed

    /** How many second copies have been started. */
    @get:JvmName("extraCalls")
    public val extraCalls: Long get() = budget.taken

    /**
     * How many second copies have not been started because the share was used up: their calls waited for the first copy
     * alone. The logger `dev.muster.concurrent` says so on DEBUG each time. See [maxExtra].
     */
    @get:JvmName("withheld")
    public val withheld: Long get() = budget.withheld

    @JvmSynthetic
    internal fun callBegins(): Unit = budget.callBegins()

    @JvmSynthetic
    internal fun takeExtra(): Boolean {
        if (budget.take()) return true
        log.debug(
            "A second copy was withheld: {} were started so far, and at most a share of {} of the calls may have one " +
                "(maxExtra)",
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
         * Starts the second copy after [delay]; with [percentile] too, until enough has been observed.
         *
         * @throws IllegalArgumentException where it is negative
         */
        public fun delay(delay: Duration): Builder = apply {
            require(!delay.isNegative) { "The delay must not be negative: $delay" }
            this.delay = delay
        }

        /**
         * Starts the second copy when the call has taken longer than this share of the latest calls did, 0.95 for
         * example.
         *
         * @throws IllegalArgumentException where it is not between 0 and 1
         */
        public fun percentile(percentile: Double): Builder = apply {
            require(percentile > 0 && percentile < 1) { "The percentile must lie between 0 and 1: $percentile" }
            this.percentile = percentile
        }

        /**
         * Sets [Hedge.maxExtra]. Default: 0.05. With 1 every call may have a second copy, with 0 none.
         *
         * @throws IllegalArgumentException where it is not from 0 to 1
         */
        public fun maxExtra(share: Double): Builder = apply {
            require(share in 0.0..1.0) { "The share must be from 0 to 1: $share" }
            maxExtra = share
        }

        /**
         * The hedge.
         *
         * @throws IllegalArgumentException where neither a delay nor a percentile is set
         */
        public fun build(): Hedge {
            require(delay != null || percentile != null) { "A hedge needs a delay or a percentile" }
            return Hedge(this)
        }
    }

    /** Makes hedges. */
    public companion object {
        private const val DEFAULT_EXTRA = 0.05
        private const val SLOW = 0.95

        /** Starts the second copy after [delay]. The other settings are the defaults; see [Hedge.maxExtra]. */
        @JvmStatic
        public fun after(delay: Duration): Hedge = builder().delay(delay).build()

        /**
         * Starts the second copy of a call that takes longer than 95 of a hundred do. Until 20 calls have succeeded a
         * slow call has no second copy, only a failed one: see [Hedge.delay]. To have one from the first call on, set
         * [Builder.delay] as well.
         */
        @JvmStatic
        public fun learned(): Hedge = builder().percentile(SLOW).build()

        /** An empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/**
 * Runs [call], and a second copy of it where it is slow as [hedge] says, or at once where it fails with what may pass
 * ([LlmException.isRetryable]). The first *success* wins; the other copy is cancelled and has finished when this
 * function returns. Where the hedge's share is used up ([Hedge.maxExtra], [Hedge.withheld]), the first copy is awaited
 * alone.
 *
 * Give it calls that may run twice: a request to a model, not a conversation or a tool that acts.
 *
 * Where both copies fail the failure of the first is thrown, with the second's as suppressed; a failure that will not
 * pass, a cancellation and a closed client end both at once.
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

/** A success, or a failure that a second copy would only repeat. */
private fun endsHedge(outcome: Outcome<*>): Boolean = when (val failure = outcome.exceptionOrNull()) {
    null -> true
    is NoSecondCopy -> false
    is LlmException -> !failure.isRetryable
    else -> true
}

private val log = LoggerFactory.getLogger("dev.muster.concurrent")

/** The share of second copies is used up. */
private class NoSecondCopy : RuntimeException(null, null, false, false)
