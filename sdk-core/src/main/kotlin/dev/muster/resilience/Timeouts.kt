package dev.muster.resilience

import java.time.Duration

/**
 * The timeouts of a call. When one expires, the HTTP exchange is closed and the call fails with a
 * [dev.muster.error.LlmTimeoutException], which says which timeout expired and what had arrived. Null: no timeout.
 */
public class Timeouts private constructor(builder: Builder) {
    /** The timeout of the whole call: all attempts and waits together. Default: none. */
    @get:JvmName("total")
    public val total: Duration? = builder.total

    /** The timeout of one attempt, to the end of its response. Default: 10 minutes. */
    @get:JvmName("attempt")
    public val attempt: Duration? = builder.attempt

    /**
     * The timeout from sending a streaming request to its first token. Default: none, because reasoning models may be
     * silent for minutes.
     */
    @get:JvmName("firstToken")
    public val firstToken: Duration? = builder.firstToken

    /** The timeout between two tokens of a stream, without the time the collector takes. Default: 60 seconds. */
    @get:JvmName("betweenTokens")
    public val betweenTokens: Duration? = builder.betweenTokens

    /** Returns a builder that starts with these timeouts. */
    public fun toBuilder(): Builder =
        Builder().total(total).attempt(attempt).firstToken(firstToken).betweenTokens(betweenTokens)

    override fun toString(): String =
        "Timeouts(total=$total, attempt=$attempt, firstToken=$firstToken, betweenTokens=$betweenTokens)"

    /**
     * Builds [Timeouts]. Not thread-safe. Each setter throws an [IllegalArgumentException] if its timeout is not
     * positive; null sets no timeout.
     */
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

        /** Builds the timeouts. */
        public fun build(): Timeouts = Timeouts(this)

        private fun positive(name: String, limit: Duration?): Duration? {
            require(limit == null || (!limit.isZero && !limit.isNegative)) {
                "The timeout $name must be positive, or null for no timeout: $limit"
            }
            return limit
        }
    }

    /** Creates timeouts. */
    public companion object {
        /** The default timeouts. */
        @JvmField
        public val DEFAULT: Timeouts = Builder().build()

        /** Returns a builder that starts with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
