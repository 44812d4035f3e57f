package dev.muster.resilience.internal

import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds

/**
 * A token bucket that fills evenly up to its capacity. A request for more than the capacity is served when the bucket
 * is full, and leaves a debt. Not thread-safe. All times are measured from the same moment.
 */
internal class Bucket(private var capacity: Double, private var perNano: Double) {
    private var level = capacity
    private var at = Duration.ZERO

    // The provider's limit, if it was learned, and the bounds of the rate at which its bucket fills.
    private var learned: Double? = null
    private var slowest = 0.0
    private var fastest = Double.POSITIVE_INFINITY

    /** The time until [amount] is available, if nobody else takes any. */
    fun timeUntil(amount: Double, now: Duration): Duration {
        refill(now)
        val missing = minOf(amount, capacity) - level
        // One nanosecond more, so that rounding never leaves a fraction missing after the wait.
        return if (missing <= 0) Duration.ZERO else (missing / perNano).toLong().nanoseconds + 1.nanoseconds
    }

    /** Takes [amount]. A negative amount is returned to the bucket. */
    fun take(amount: Double) {
        level = minOf(capacity, level - amount)
    }

    /**
     * Learns from what the provider says about its own bucket: its capacity is [limit], it has [remaining] left,
     * without the [unseen] amount that it did not know of, and it is full after [fullAfter].
     *
     * Responses overtake each other, so an old one may report more than is left: only the first one raises the level,
     * later the level rises with time. The amounts are whole numbers, so each response gives only two bounds of the
     * rate: the lower one is safe.
     */
    fun learn(limit: Double, remaining: Double, unseen: Double, fullAfter: Duration, now: Duration) {
        refill(now)
        if (limit != learned) {
            learned = limit
            capacity = limit
            level = limit
            perNano = limit / NANOS_A_MINUTE
            slowest = 0.0
            fastest = Double.POSITIVE_INFINITY
        }
        level = minOf(level, remaining - unseen)
        // The provider may have cut it to whole milliseconds.
        val nanos = fullAfter.inWholeNanoseconds + NANOS_A_MILLI
        if (remaining >= limit) return
        slowest = maxOf(slowest, (limit - remaining - 1) / nanos)
        fastest = minOf(fastest, (limit - remaining) / nanos)
        perNano = if (slowest > 0) slowest else fastest
    }

    private fun refill(now: Duration) {
        val elapsed = (now - at).inWholeNanoseconds
        if (elapsed <= 0) return
        at = now
        level = minOf(capacity, level + elapsed * perNano)
    }

    companion object {
        const val NANOS_A_MINUTE = 60e9
        private const val NANOS_A_MILLI = 1_000_000L
    }
}
