package dev.muster.resilience

import java.util.concurrent.atomic.AtomicLong

/**
 * Keeps retries from multiplying the load on a failing provider. Each first attempt adds a share of a retry to the
 * budget; each retry takes a whole one. The budget starts with its reserve and never exceeds it. All calls of a client
 * share one budget. If it is used up, a failed attempt is not retried.
 *
 * @throws IllegalArgumentException if [share] is not finite, or if [share] or [reserve] is negative
 */
public class RetryBudget(
    /** The share of a retry that each first attempt adds. Default: 0.2. */
    @get:JvmName("share")
    public val share: Double,
    /** The number of retries in the budget at the start, and at most. Default: 100. */
    @get:JvmName("reserve")
    public val reserve: Int,
) {
    /** Creates a budget with the default share and reserve. */
    public constructor() : this(DEFAULT_SHARE, DEFAULT_RESERVE)

    /** Creates a budget with [share] and the default reserve. */
    public constructor(share: Double) : this(share, DEFAULT_RESERVE)

    init {
        require(share.isFinite() && share >= 0) { "The share must be a finite number, 0 or greater: $share" }
        require(reserve >= 0) { "The reserve must not be negative: $reserve" }
    }

    private val full = reserve * UNIT

    // Capped: more than the reserve has no effect and could overflow a Long.
    private val earned = minOf(share * UNIT, full.toDouble()).toLong()
    private val balance = AtomicLong(full)

    @JvmSynthetic
    internal fun callBegins() {
        balance.updateAndGet { minOf(full, it + earned) }
    }

    /** Takes one retry. Returns false if none was left. */
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
