package dev.muster.resilience

/** What one model does in another way than its client: null keeps what the client says. */
public class ModelOptions private constructor(builder: Builder) {
    /** The limits of time. */
    @get:JvmName("timeouts")
    public val timeouts: Timeouts? = builder.timeouts

    /** When a failed attempt is repeated. */
    @get:JvmName("retry")
    public val retry: RetryPolicy? = builder.retry

    /** Limits how many attempts run at the same time, before the limiter of the provider does. */
    @get:JvmName("concurrencyLimiter")
    public val concurrencyLimiter: ConcurrencyLimiter? = builder.concurrencyLimiter

    /** Limits how many attempts and tokens go out in a time, before the limiter of the provider does. */
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

        /** The options as set so far. */
        public fun build(): ModelOptions = ModelOptions(this)
    }

    /** Makes options. */
    public companion object {
        /** Changes nothing. */
        @JvmField
        public val DEFAULT: ModelOptions = Builder().build()

        /** A builder that changes nothing. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
