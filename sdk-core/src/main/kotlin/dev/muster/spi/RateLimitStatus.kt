package dev.muster.spi

import java.time.Duration
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** What a provider has said of its own limits, in the headers of an answer. */
public class RateLimitStatus(
    /** The requests, or null where it said nothing of them. */
    @get:JvmName("requests")
    public val requests: Quota?,
    /** The tokens, or null where it said nothing of them. */
    @get:JvmName("tokens")
    public val tokens: Quota?,
) {
    /** One limit. */
    public class Quota(
        /** How much may be used at once when nothing has been used. */
        @get:JvmName("limit")
        public val limit: Long,
        /** How much of it is left. */
        @get:JvmName("remaining")
        public val remaining: Long,
        /** How long until all of it is there again. */
        @get:JvmName("resetAfter")
        public val resetAfter: Duration,
    ) {
        override fun toString(): String = "Quota($remaining of $limit, reset after $resetAfter)"
    }

    override fun toString(): String = "RateLimitStatus(requests=$requests, tokens=$tokens)"
}

/** In the context of an attempt whose client wants to know what the provider says of its limits. */
public class RateLimitObserver(
    /** Told as soon as the headers of an answer are in. Must not block. */
    public val observe: (RateLimitStatus) -> Unit,
) : AbstractCoroutineContextElement(Key) {
    /** The element's key. */
    public companion object Key : CoroutineContext.Key<RateLimitObserver>
}
