package dev.muster.chat

import java.time.Duration

/**
 * Marks a prompt, up to one message, as worth keeping in the provider's cache. See [Message.cached].
 *
 * This is a hint. Providers that always cache, or that have no cache, ignore it. [Usage.cachedInputTokens] reports the
 * tokens read from the cache.
 */
public class CacheControl(
    /**
     * How long to keep the prompt in the cache. If a provider offers only fixed times, the shortest one that is at
     * least this long is used, else its longest. Null: the provider's default.
     */
    @get:JvmName("ttl")
    public val ttl: Duration?,
    /** Routes requests that share a beginning to the same cache, if the provider supports such a key. */
    @get:JvmName("key")
    public val key: String?,
) {
    /** Keeps the prompt for [ttl], without a key. */
    public constructor(ttl: Duration?) : this(ttl, null)

    init {
        require(ttl == null || (!ttl.isZero && !ttl.isNegative)) { "ttl must be positive, was $ttl" }
    }

    override fun equals(other: Any?): Boolean = other is CacheControl && other.ttl == ttl && other.key == key

    override fun hashCode(): Int = 31 * ttl.hashCode() + key.hashCode()

    override fun toString(): String = "CacheControl(ttl=$ttl, key=$key)"

    /** Predefined values. */
    public companion object {
        /** Uses the provider's default. */
        @JvmField
        public val DEFAULT: CacheControl = CacheControl(null, null)
    }
}
