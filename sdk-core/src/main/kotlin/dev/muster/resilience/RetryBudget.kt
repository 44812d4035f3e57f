package dev.muster.resilience

import java.util.concurrent.atomic.AtomicLong

/**
 * Keeps retries from multiplying the load on a provider that is failing: each first attempt pays in a share of a retry,
 * each retry takes a whole one out. Starts with its reserve, and never holds more. Shared by all calls of a client.
 */
public class RetryBudget
@JvmOverloads
constructor(
    /** How many retries a first attempt earns. 0.2 by default. */
    @get:JvmName("share")
    public val share: Double = DEFAULT_SHARE,
    /** How many retries may be made beyond that share. 100 by default. */
    @get:JvmName("reserve")
    public val reserve: Int = DEFAULT_RESERVE,
) {
    init {
        require(share.isFinite() && share >= 0) { "The share must be a number of at least 0: $share" }
        require(reserve >= 0) { "The reserve must not be negative: $reserve" }
    }

    private val full = reserve * UNIT

    // More than fills it up is of no use, and would not fit into a number.
    private val earned = minOf(share * UNIT, full.toDouble()).toLong()
    private val balance = AtomicLong(full)

    @JvmSynthetic
    internal fun callBegins() {
        balance.updateAndGet { minOf(full, it + earned) }
    }

    /** Takes one retry out. Returns whether there was one. */
    @JvmSynthetic
    internal fun takeRetry(): Boolean {
        val before = balance.getAndUpdate { if (it >= UNIT) it - UNIT else it }
        return before >= UNIT
    }

    override fun toString(): String = "RetryBudget(share=$share, reserve=$reserve)"

    private companion object {
        const val DEFAULT_SHARE = 0.2
        const val DEFAULT_RESERVE = 100

        // Thousandths of a retry.
        const val UNIT = 1000L
    }
}
