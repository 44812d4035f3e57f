package dev.muster.resilience

import java.time.Duration

/**
 * The limits of time of a call. A limit that is passed closes the exchange and gives
 * [dev.muster.error.LlmTimeoutException], which says which limit it was and what had arrived. Null means no limit.
 */
public class Timeouts private constructor(builder: Builder) {
    /** The whole call, all attempts and waits together. Unset by default. */
    @get:JvmName("total")
    public val total: Duration? = builder.total

    /** One attempt, to the end of its answer. 10 minutes by default. */
    @get:JvmName("attempt")
    public val attempt: Duration? = builder.attempt

    /** From sending to the first token of a stream. Unset by default: reasoning models are silent for minutes. */
    @get:JvmName("firstToken")
    public val firstToken: Duration? = builder.firstToken

    /** From one token of a stream to the next; the collector's own time does not count. 60 seconds by default. */
    @get:JvmName("betweenTokens")
    public val betweenTokens: Duration? = builder.betweenTokens

    /** A builder that starts from these limits. */
    public fun toBuilder(): Builder =
        Builder().total(total).attempt(attempt).firstToken(firstToken).betweenTokens(betweenTokens)

    override fun toString(): String =
        "Timeouts(total=$total, attempt=$attempt, firstToken=$firstToken, betweenTokens=$betweenTokens)"

    /** Builds [Timeouts]; every limit must be positive. Not thread-safe. */
    public class Builder {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var total: Duration? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var attempt: Duration? = Duration.ofMinutes(10)

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var firstToken: Duration? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var betweenTokens: Duration? = Duration.ofSeconds(60)

        /** Sets [Timeouts.total]. */
        public fun total(limit: Duration?): Builder = apply { total = positive("total", limit) }

        /** Sets [Timeouts.attempt]. */
        public fun attempt(limit: Duration?): Builder = apply { attempt = positive("attempt", limit) }

        /** Sets [Timeouts.firstToken]. */
        public fun firstToken(limit: Duration?): Builder = apply { firstToken = positive("firstToken", limit) }

        /** Sets [Timeouts.betweenTokens]. */
        public fun betweenTokens(limit: Duration?): Builder = apply { betweenTokens = positive("betweenTokens", limit) }

        /** The limits as set so far. */
        public fun build(): Timeouts = Timeouts(this)

        private fun positive(name: String, limit: Duration?): Duration? {
            require(limit == null || (!limit.isZero && !limit.isNegative)) {
                "The timeout $name must be positive, or null for none: $limit"
            }
            return limit
        }
    }

    /** Makes limits. */
    public companion object {
        /** The defaults. */
        @JvmField
        public val DEFAULT: Timeouts = Builder().build()

        /** A builder that starts from the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
