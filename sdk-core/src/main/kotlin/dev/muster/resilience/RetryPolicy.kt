package dev.muster.resilience

import dev.muster.error.LlmException
import java.time.Duration
import java.util.function.Consumer
import java.util.function.Predicate

/**
 * Says when and how a failed attempt is retried. Immutable data; the client carries it out.
 *
 * An attempt is retried if its failure [is retryable][LlmException.isRetryable] and [retryIf] agrees.
 *
 * **Back-off.** The wait before a retry is random between zero and a ceiling that doubles from [firstBackoff] to
 * [maxBackoff] ("full jitter"). If the provider sent `Retry-After`, the wait is that time instead, at most
 * [maxRetryAfter], plus up to a tenth of it, so that many clients with the same `Retry-After` do not retry at the same
 * moment.
 *
 * **No retry.** If the wait would outlast the call's total timeout, the failure is thrown at once. A stream is retried
 * only until its first event has been emitted. A cancelled call is never retried.
 */
public class RetryPolicy private constructor(builder: Builder) {
    /** The maximum number of retries, not counting the first attempt. Default: 2. */
    @get:JvmName("maxRetries")
    public val maxRetries: Int = maxOf(builder.maxRetries, builder.timeouts.size - 1)

    /** The ceiling of the first back-off. Default: 0.5 seconds. */
    @get:JvmName("firstBackoff")
    public val firstBackoff: Duration = builder.firstBackoff

    /** The highest ceiling of the back-off, at least [firstBackoff]. Default: 8 seconds. */
    @get:JvmName("maxBackoff")
    public val maxBackoff: Duration = maxOf(builder.maxBackoff, builder.firstBackoff)

    /** The longest wait for a provider's `Retry-After`; a longer one is cut to it. Default: 60 seconds. */
    @get:JvmName("maxRetryAfter")
    public val maxRetryAfter: Duration = builder.maxRetryAfter

    /** The timeout of each attempt; the last one applies to all later attempts. Empty: [Timeouts.attempt] applies. */
    @get:JvmName("timeouts")
    public val timeouts: List<Duration> = builder.timeouts.toList()

    /** Decides whether a retryable failure is retried; null retries all of them. Default: null. */
    @get:JvmName("retryIf")
    public val retryIf: Predicate<LlmException>? = builder.retryIf

    /** Called before the back-off of each retry. Default: null. */
    @get:JvmName("onRetry")
    public val onRetry: Consumer<RetryEvent>? = builder.onRetry

    /** Returns the timeout of attempt number [attempt], from 1, or null if [timeouts] is empty. */
    @JvmSynthetic
    internal fun limitOf(attempt: Int): Duration? = timeouts.getOrNull(attempt - 1) ?: timeouts.lastOrNull()

    /** Returns a builder that starts with this policy. */
    public fun toBuilder(): Builder = Builder()
        .maxRetries(maxRetries)
        .firstBackoff(firstBackoff)
        .maxBackoff(maxBackoff)
        .maxRetryAfter(maxRetryAfter)
        .timeouts(timeouts)
        .retryIf(retryIf)
        .onRetry(onRetry)

    override fun toString(): String =
        "RetryPolicy(maxRetries=$maxRetries, backoff=$firstBackoff..$maxBackoff, maxRetryAfter=$maxRetryAfter, " +
            "timeouts=$timeouts)"

    /** Builds a [RetryPolicy]. Not thread-safe. */
    public class Builder {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var maxRetries = 2

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var firstBackoff: Duration = Duration.ofMillis(500)

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var maxBackoff: Duration = Duration.ofSeconds(8)

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var maxRetryAfter: Duration = Duration.ofSeconds(60)

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var timeouts: List<Duration> = emptyList()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var retryIf: Predicate<LlmException>? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var onRetry: Consumer<RetryEvent>? = null

        /**
         * Sets [RetryPolicy.maxRetries]; 0 for no retries.
         *
         * @throws IllegalArgumentException if [count] is negative
         */
        public fun maxRetries(count: Int): Builder = apply {
            require(count >= 0) { "maxRetries must not be negative: $count" }
            maxRetries = count
        }

        /**
         * Sets [RetryPolicy.firstBackoff]; zero retries at once.
         *
         * @throws IllegalArgumentException if [ceiling] is negative
         */
        public fun firstBackoff(ceiling: Duration): Builder = apply { firstBackoff = notNegative(ceiling) }

        /**
         * Sets [RetryPolicy.maxBackoff].
         *
         * @throws IllegalArgumentException if [ceiling] is negative
         */
        public fun maxBackoff(ceiling: Duration): Builder = apply { maxBackoff = notNegative(ceiling) }

        /**
         * Sets [RetryPolicy.maxRetryAfter].
         *
         * @throws IllegalArgumentException if [longest] is negative
         */
        public fun maxRetryAfter(longest: Duration): Builder = apply { maxRetryAfter = notNegative(longest) }

        /**
         * Sets [RetryPolicy.timeouts], one for each attempt: `timeouts(ofSeconds(1), ofSeconds(3))` gives the first
         * attempt one second and each later attempt three. Raises [RetryPolicy.maxRetries], if necessary, so that each
         * timeout gets its attempt.
         *
         * @throws IllegalArgumentException if a timeout is not positive
         */
        public fun timeouts(vararg limits: Duration): Builder = timeouts(limits.asList())

        /** Sets [RetryPolicy.timeouts] from a list. */
        public fun timeouts(limits: List<Duration>): Builder = apply {
            limits.forEach { require(!it.isZero && !it.isNegative) { "A timeout must be positive: $it" } }
            timeouts = limits.toList()
        }

        /** Sets [RetryPolicy.retryIf]. */
        public fun retryIf(predicate: Predicate<LlmException>?): Builder = apply { retryIf = predicate }

        /** Sets [RetryPolicy.onRetry]. */
        public fun onRetry(observer: Consumer<RetryEvent>?): Builder = apply { onRetry = observer }

        /** Builds the policy. */
        public fun build(): RetryPolicy = RetryPolicy(this)

        private fun notNegative(duration: Duration): Duration {
            require(!duration.isNegative) { "A back-off must not be negative: $duration" }
            return duration
        }
    }

    /** Creates policies. */
    public companion object {
        /** The default policy. */
        @JvmField
        public val DEFAULT: RetryPolicy = Builder().build()

        /** No retries: one attempt only. */
        @JvmField
        public val NONE: RetryPolicy = Builder().maxRetries(0).build()

        /** Returns a builder that starts with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()

        /** Creates a default policy with a timeout for each attempt; see [Builder.timeouts]. */
        @JvmStatic
        public fun timeouts(vararg limits: Duration): RetryPolicy = Builder().timeouts(*limits).build()
    }
}

/** Reports an attempt that failed and will be retried. */
public class RetryEvent internal constructor(
    /** The number of the attempt that failed, from 1. */
    @get:JvmName("attempt")
    public val attempt: Int,
    /** Why it failed. */
    @get:JvmName("failure")
    public val failure: LlmException,
    /** The time until the next attempt. */
    @get:JvmName("wait")
    public val wait: Duration,
) {
    override fun toString(): String =
        "RetryEvent(attempt=$attempt, failure=${failure.javaClass.simpleName}, wait=$wait)"
}
