package dev.muster.chat

import java.time.Duration

/**
 * Says that a prompt up to a message is worth keeping in the provider's cache; see [Message.cached]. A hint: providers
 * that cache by themselves, or not at all, pass over it. What was read from the cache is
 * [Usage.cachedInputTokens].
 */
public class CacheControl
@JvmOverloads
constructor(
    /**
     * How long to keep it. A provider that knows only some times takes the shortest that is as long, else its longest;
     * null for the provider's default.
     */
    @get:JvmName("ttl")
    public val ttl: Duration? = null,
    /** Routes requests with the same beginning to the same cache, where the provider asks for such a key. */
    @get:JvmName("key")
    public val key: String? = null,
) {
    init {
        require(ttl == null || (!ttl.isZero && !ttl.isNegative)) { "The time to live must be positive: $ttl" }
    }

    override fun equals(other: Any?): Boolean = other is CacheControl && other.ttl == ttl && other.key == key

    override fun hashCode(): Int = 31 * ttl.hashCode() + key.hashCode()

    override fun toString(): String = "CacheControl(ttl=$ttl, key=$key)"

    /** Ready-made ones. */
    public companion object {
        /** The provider's default. */
        @JvmField
        public val DEFAULT: CacheControl = CacheControl()
    }
}
