package dev.muster.resilience

/** What one model does in another way than its client: null keeps what the client says. */
public class ModelOptions private constructor(builder: Builder) {
    /** The limits of time. */
    @get:JvmName("timeouts")
    public val timeouts: Timeouts? = builder.timeouts

    /** When a failed attempt is repeated. */
    @get:JvmName("retry")
    public val retry: RetryPolicy? = builder.retry

    override fun toString(): String = "ModelOptions(timeouts=$timeouts, retry=$retry)"

    /** Builds [ModelOptions]. Not thread-safe. */
    public class Builder {
        internal var timeouts: Timeouts? = null
        internal var retry: RetryPolicy? = null

        /** Sets [ModelOptions.timeouts]. */
        public fun timeouts(timeouts: Timeouts?): Builder = apply { this.timeouts = timeouts }

        /** Sets [ModelOptions.retry]. */
        public fun retry(retry: RetryPolicy?): Builder = apply { this.retry = retry }

        /** The options as set so far. */
        public fun build(): ModelOptions = ModelOptions(this)
    }

    /** Makes options. */
    public companion object {
        /** A builder that changes nothing. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
