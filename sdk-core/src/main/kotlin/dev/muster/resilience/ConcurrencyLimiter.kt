package dev.muster.resilience

import dev.muster.concurrent.resumeOr
import dev.muster.error.ErrorContext
import dev.muster.error.QueueFullException
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine

/**
 * Limits how many attempts run at the same time. Further attempts wait for a slot, first come first served, without
 * holding a thread. Thread-safe. To share the slots among several models or clients, give them the same limiter.
 *
 * A fixed limiter keeps its limit. An adaptive limiter starts at its smallest limit and adjusts to what the provider
 * can take. As many successes as there are slots, while all slots are in use, add one slot. An overload (429, 503 or
 * 529) cuts the limit by 30 %, only once for all attempts that hit the same overload.
 *
 * A stream holds its slot until it ends. A retry backs off without a slot. Time spent waiting for a slot counts towards
 * the total timeout, but not towards the attempt timeout.
 */
public class ConcurrencyLimiter private constructor(
    private val smallest: Int,
    private val largest: Int,
    private val maxWaiting: Int,
) {
    private val lock = Any()
    private val queue = LinkedHashSet<Waiter>()
    private var allowed = smallest.toDouble()
    private var running = 0

    // Counts the cuts. An overload of an attempt that began before the last cut does not cause another cut.
    private var era = 0

    /** The current limit of running attempts. */
    @get:JvmName("limit")
    public val limit: Int get() = synchronized(lock) { allowed.toInt() }

    /** The number of attempts that hold a slot now. */
    @get:JvmName("inFlight")
    public val inFlight: Int get() = synchronized(lock) { running }

    /** The number of attempts that wait for a slot now. */
    @get:JvmName("waiting")
    public val waiting: Int get() = synchronized(lock) { queue.size }

    /** The outcome of an attempt, as far as a limiter learns from it. */
    internal enum class Ending { SUCCESS, OVERLOAD, OTHER }

    /** Waits for a slot and returns its era, which [release] needs. A cancelled waiter leaves the queue. */
    @JvmSynthetic
    internal suspend fun acquire(context: ErrorContext): Int = suspendCancellableCoroutine { continuation ->
        val waiter = Waiter(continuation)
        val slot: Int?
        synchronized(lock) {
            slot = takeSlot()
            if (slot == null) {
                if (queue.size >= maxWaiting) throw full(context)
                queue += waiter
            }
        }
        if (slot != null) {
            // A waiter that was cancelled meanwhile gives the slot back.
            continuation.resumeOr(slot) { release(it, Ending.OTHER) }
        } else {
            continuation.invokeOnCancellation { synchronized(lock) { queue -= waiter } }
        }
    }

    /** Gives back a slot that was acquired in era [since]. */
    @JvmSynthetic
    internal fun release(since: Int, ending: Ending) {
        val next =
            synchronized(lock) {
                if (smallest < largest) adapt(since, ending)
                running--
                nextWaiters()
            }
        // A waiter that was cancelled meanwhile passes the slot on.
        next.forEach { (waiter, slot) ->
            waiter.continuation.resumeOr(slot) { release(it, Ending.OTHER) }
        }
    }

    private fun takeSlot(): Int? {
        if (running >= allowed.toInt()) return null
        running++
        return era
    }

    private fun nextWaiters(): List<Pair<Waiter, Int>> {
        if (queue.isEmpty()) return emptyList()
        val next = ArrayList<Pair<Waiter, Int>>(1)
        while (queue.isNotEmpty()) {
            val slot = takeSlot() ?: break
            val waiter = queue.first()
            queue -= waiter
            next += waiter to slot
        }
        return next
    }

    private fun adapt(since: Int, ending: Ending) {
        when (ending) {
            Ending.OVERLOAD ->
                if (since == era) {
                    era++
                    allowed = maxOf(smallest.toDouble(), allowed * KEPT_IN_OVERLOAD)
                }

            // A success says that more would work only if all slots are in use.
            Ending.SUCCESS ->
                if (running >= allowed.toInt()) allowed = minOf(largest.toDouble(), allowed + 1 / allowed)

            Ending.OTHER -> Unit
        }
    }

    private fun full(context: ErrorContext) = QueueFullException(
        "Too many calls at once: $maxWaiting already wait for one of $limit slots. Send fewer, or raise maxWaiting",
        context,
    )

    override fun toString(): String = "ConcurrencyLimiter(limit=$limit, inFlight=$inFlight, waiting=$waiting)"

    private class Waiter(val continuation: CancellableContinuation<Int>)

    /** Creates limiters. */
    public companion object {
        /** The default limit of waiting calls: 100,000. */
        public const val DEFAULT_MAX_WAITING: Int = 100_000
        private const val KEPT_IN_OVERLOAD = 0.7

        /**
         * Creates a limiter that lets [limit] attempts run at the same time.
         *
         * @param maxWaiting how many calls may wait; any further call fails with [QueueFullException]
         * @throws IllegalArgumentException if [limit] is below 1 or [maxWaiting] is negative
         */
        @JvmStatic
        @JvmOverloads
        public fun fixed(limit: Int, maxWaiting: Int = DEFAULT_MAX_WAITING): ConcurrencyLimiter =
            adaptive(limit, limit, maxWaiting)

        /**
         * Creates a limiter that lets [smallest] to [largest] attempts run at the same time, adjusted to what the
         * provider can take.
         *
         * @param maxWaiting how many calls may wait; any further call fails with [QueueFullException]
         * @throws IllegalArgumentException if [smallest] is below 1, [largest] is below [smallest], or [maxWaiting] is
         * negative
         */
        @JvmStatic
        @JvmOverloads
        public fun adaptive(smallest: Int, largest: Int, maxWaiting: Int = DEFAULT_MAX_WAITING): ConcurrencyLimiter {
            require(smallest >= 1) { "The limit must be at least 1: $smallest" }
            require(largest >= smallest) { "The largest limit must not be below the smallest: $largest < $smallest" }
            require(maxWaiting >= 0) { "maxWaiting must not be negative: $maxWaiting" }
            return ConcurrencyLimiter(smallest, largest, maxWaiting)
        }
    }
}
