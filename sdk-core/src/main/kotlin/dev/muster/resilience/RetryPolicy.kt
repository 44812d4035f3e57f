package dev.muster.resilience

import dev.muster.error.LlmException
import java.time.Duration
import java.util.function.Consumer
import java.util.function.Predicate

/**
 * When and how a failed attempt is followed by another. Data only: the client carries it out.
 *
 * An attempt is repeated where its failure [LlmException.isRetryable] and [retryIf] agrees, after a wait drawn evenly
 * between zero and a ceiling that doubles from [firstBackoff] to [maxBackoff] ("full jitter"), or after what the
 * provider asked for in `Retry-After`, [maxRetryAfter] at most and up to a tenth on top, so that many who were told
 * the same do not come back as one. A wait that would end after the call's total timeout is
 * not begun: the failure is thrown at once. A stream is repeated only while none of it has been handed on. A cancelled
 * call is never repeated.
 */
public class RetryPolicy private constructor(builder: Builder) {
    /** The most attempts after the first. 2 by default. */
    @get:JvmName("maxRetries")
    public val maxRetries: Int = maxOf(builder.maxRetries, builder.timeouts.size - 1)

    /** The ceiling of the first wait. 0.5 seconds by default. */
    @get:JvmName("firstBackoff")
    public val firstBackoff: Duration = builder.firstBackoff

    /** What the ceiling of the wait grows to. 8 seconds by default. */
    @get:JvmName("maxBackoff")
    public val maxBackoff: Duration = maxOf(builder.maxBackoff, builder.firstBackoff)

    /** The longest wait that a provider's `Retry-After` is granted. 60 seconds by default. */
    @get:JvmName("maxRetryAfter")
    public val maxRetryAfter: Duration = builder.maxRetryAfter

    /** The limit of time of each attempt, the last for all that follow; empty for the client's own. */
    @get:JvmName("timeouts")
    public val timeouts: List<Duration> = builder.timeouts.toList()

    /** Narrows what is repeated; null repeats all that may be. */
    @get:JvmName("retryIf")
    public val retryIf: Predicate<LlmException>? = builder.retryIf

    /** Told of each repetition before its wait; null for nobody. */
    @get:JvmName("onRetry")
    public val onRetry: Consumer<RetryEvent>? = builder.onRetry

    /** The limit of time of attempt number [attempt], from 1, or null where the ladder says none. */
    @JvmSynthetic
    internal fun limitOf(attempt: Int): Duration? = timeouts.getOrNull(attempt - 1) ?: timeouts.lastOrNull()

    /** A builder that starts from this policy. */
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

        /** Sets [RetryPolicy.maxRetries]; 0 for none. */
        public fun maxRetries(count: Int): Builder = apply {
            require(count >= 0) { "maxRetries must not be negative: $count" }
            maxRetries = count
        }

        /** Sets [RetryPolicy.firstBackoff]; zero repeats at once. */
        public fun firstBackoff(ceiling: Duration): Builder = apply { firstBackoff = notNegative(ceiling) }

        /** Sets [RetryPolicy.maxBackoff]. */
        public fun maxBackoff(ceiling: Duration): Builder = apply { maxBackoff = notNegative(ceiling) }

        /** Sets [RetryPolicy.maxRetryAfter]. */
        public fun maxRetryAfter(longest: Duration): Builder = apply { maxRetryAfter = notNegative(longest) }

        /**
         * Sets [RetryPolicy.timeouts], a ladder: `timeouts(ofSeconds(1), ofSeconds(3))` gives the first attempt one
         * second and each later one three. It makes room for as many attempts as it has steps.
         */
        public fun timeouts(vararg limits: Duration): Builder = timeouts(limits.asList())

        /** Sets [RetryPolicy.timeouts]. */
        public fun timeouts(limits: List<Duration>): Builder = apply {
            limits.forEach { require(!it.isZero && !it.isNegative) { "A timeout must be positive: $it" } }
            timeouts = limits.toList()
        }

        /** Sets [RetryPolicy.retryIf]. */
        public fun retryIf(predicate: Predicate<LlmException>?): Builder = apply { retryIf = predicate }

        /** Sets [RetryPolicy.onRetry]. */
        public fun onRetry(observer: Consumer<RetryEvent>?): Builder = apply { onRetry = observer }

        /** The policy as set so far. */
        public fun build(): RetryPolicy = RetryPolicy(this)

        private fun notNegative(duration: Duration): Duration {
            require(!duration.isNegative) { "A wait must not be negative: $duration" }
            return duration
        }
    }

    /** Makes policies. */
    public companion object {
        /** The defaults. */
        @JvmField
        public val DEFAULT: RetryPolicy = Builder().build()

        /** One attempt only. */
        @JvmField
        public val NONE: RetryPolicy = Builder().maxRetries(0).build()

        /** A builder that starts from the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()

        /** The defaults with a ladder of timeouts; see [Builder.timeouts]. */
        @JvmStatic
        public fun timeouts(vararg limits: Duration): RetryPolicy = Builder().timeouts(*limits).build()
    }
}

/** An attempt has failed and another will be made. */
public class RetryEvent internal constructor(
    /** The number of the attempt that failed, from 1. */
    @get:JvmName("attempt")
    public val attempt: Int,
    /** Why it failed. */
    @get:JvmName("failure")
    public val failure: LlmException,
    /** How long until the next. */
    @get:JvmName("wait")
    public val wait: Duration,
) {
    override fun toString(): String =
        "RetryEvent(attempt=$attempt, failure=${failure.javaClass.simpleName}, wait=$wait)"
}
