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
     */
    fun learn(limit: Double, remaining: Double, unseen: Double, fullAfter: Duration, now: Duration) {
        refill(now)
        capacity = limit
        level = minOf(limit, remaining - unseen)
        val nanos = fullAfter.inWholeNanoseconds
        perNano = if (nanos > 0 && remaining < limit) (limit - remaining) / nanos else limit / NANOS_A_MINUTE
    }

    private fun refill(now: Duration) {
        val elapsed = (now - at).inWholeNanoseconds
        if (elapsed <= 0) return
        at = now
        level = minOf(capacity, level + elapsed * perNano)
    }

    companion object {
        const val NANOS_A_MINUTE = 60e9
    }
}
