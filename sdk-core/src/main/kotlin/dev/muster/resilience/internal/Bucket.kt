package dev.muster.resilience.internal

import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds

/**
 * Fills evenly up to its capacity. One who asks for more than it can ever hold is served when it is full, and leaves a
 * debt. Not thread-safe; times are measured from one moment of the owner's.
 */
internal class Bucket(private var capacity: Double, private var perNano: Double) {
    private var level = capacity
    private var at = Duration.ZERO

    // The provider's limit, where one has been learned, and the bounds of the rate at which it fills up.
    private var learned: Double? = null
    private var slowest = 0.0
    private var fastest = Double.POSITIVE_INFINITY

    /** How long until [amount] is there, if nobody else takes any. */
    fun timeUntil(amount: Double, now: Duration): Duration {
        refill(now)
        val missing = minOf(amount, capacity) - level
        // A whole nanosecond more, so that rounding never leaves a fraction missing at the end of the wait.
        return if (missing <= 0) Duration.ZERO else (missing / perNano).toLong().nanoseconds + 1.nanoseconds
    }

    /** Takes [amount]; a negative one gives back. */
    fun take(amount: Double) {
        level = minOf(capacity, level - amount)
    }

    /**
     * Takes over what the provider says of its own bucket: it holds [limit], has [remaining], not counting the
     * [unseen] it had not seen when it said so, and is full after [fullAfter].
     *
     * Answers overtake each other, so that an old one may say that more is left than there is: only the first raises
     * the level, time does the rest. What is left is told in whole numbers, so that each answer gives the rate only
     * between two bounds: the lower one is safe.
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
        // It may have been cut to whole milliseconds.
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
