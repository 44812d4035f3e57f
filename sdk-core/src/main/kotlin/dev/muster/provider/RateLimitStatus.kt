package dev.muster.provider

import java.time.Duration
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** The rate limits that a provider reported in the headers of a response. */
public class RateLimitStatus(
    /** The limit of requests, or null if not reported. */
    @get:JvmName("requests")
    public val requests: Quota?,
    /** The limit of tokens, or null if not reported. */
    @get:JvmName("tokens")
    public val tokens: Quota?,
) {
    /** One limit. */
    public class Quota(
        /** The full quota: how much may be used at once if nothing has been used. */
        @get:JvmName("limit")
        public val limit: Long,
        /** How much of the quota is left. */
        @get:JvmName("remaining")
        public val remaining: Long,
        /** The time until the quota is full again. */
        @get:JvmName("resetAfter")
        public val resetAfter: Duration,
    ) {
        override fun toString(): String = "Quota($remaining of $limit, reset after $resetAfter)"
    }

    override fun toString(): String = "RateLimitStatus(requests=$requests, tokens=$tokens)"
}

/** Context element of an attempt, for clients that learn their limits: receives the limits the provider reports. */
public class RateLimitObserver(
    /** Called as soon as the headers of a response have arrived. Must not block. */
    public val observe: (RateLimitStatus) -> Unit,
) : AbstractCoroutineContextElement(Key) {
    /** The key of the element. */
    public companion object Key : CoroutineContext.Key<RateLimitObserver>
}
