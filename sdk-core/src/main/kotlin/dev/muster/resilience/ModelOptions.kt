package dev.muster.resilience

/** Settings of one model that replace those of its client. Null keeps the client's setting. */
public class ModelOptions private constructor(builder: Builder) {
    /** The timeouts. */
    @get:JvmName("timeouts")
    public val timeouts: Timeouts? = builder.timeouts

    /** The retry policy. */
    @get:JvmName("retry")
    public val retry: RetryPolicy? = builder.retry

    /** Limits how many attempts run at the same time. An attempt passes it before the limiter of the provider. */
    @get:JvmName("concurrencyLimiter")
    public val concurrencyLimiter: ConcurrencyLimiter? = builder.concurrencyLimiter

    /** Limits the rate of attempts and tokens. An attempt passes it before the limiter of the provider. */
    @get:JvmName("rateLimiter")
    public val rateLimiter: RateLimiter? = builder.rateLimiter

    override fun toString(): String = "ModelOptions(timeouts=$timeouts, retry=$retry, " +
        "concurrencyLimiter=$concurrencyLimiter, rateLimiter=$rateLimiter)"

    /** Builds [ModelOptions]. Not thread-safe. */
    public class Builder {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var timeouts: Timeouts? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var retry: RetryPolicy? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var concurrencyLimiter: ConcurrencyLimiter? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var rateLimiter: RateLimiter? = null

        /** Sets [ModelOptions.timeouts]. */
        public fun timeouts(timeouts: Timeouts?): Builder = apply { this.timeouts = timeouts }

        /** Sets [ModelOptions.retry]. */
        public fun retry(retry: RetryPolicy?): Builder = apply { this.retry = retry }

        /** Sets [ModelOptions.concurrencyLimiter]. */
        public fun concurrencyLimiter(limiter: ConcurrencyLimiter?): Builder = apply { concurrencyLimiter = limiter }

        /** Sets [ModelOptions.rateLimiter]. */
        public fun rateLimiter(limiter: RateLimiter?): Builder = apply { rateLimiter = limiter }

        /** Builds the options. */
        public fun build(): ModelOptions = ModelOptions(this)
    }

    /** Creates options. */
    public companion object {
        /** Keeps all settings of the client. */
        @JvmField
        public val DEFAULT: ModelOptions = Builder().build()

        /** Returns a builder with nothing set. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
