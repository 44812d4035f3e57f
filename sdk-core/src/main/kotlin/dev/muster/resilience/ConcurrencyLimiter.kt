package dev.muster.resilience

import dev.muster.concurrent.resumeOr
import dev.muster.error.ErrorContext
import dev.muster.error.QueueFullException
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine

/**
 * Lets so many attempts run at the same time and has the others wait, first come first served, without a thread. Give
 * one limiter to several models, or clients, and they share its slots. Thread-safe.
 *
 * A fixed limiter keeps its limit. An adaptive one starts at its smallest, and finds what the provider bears: each
 * full round of successes adds a slot, an overload (429, 503, 529) takes away three in ten, once for all attempts
 * that ran into the same overload.
 *
 * A stream holds its slot until it has ended. A retry waits without a slot. What is waited here counts against the
 * total timeout and not against the attempt's.
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

    // Counts the cuts: an attempt that began before the last one says nothing new about an overload.
    private var era = 0

    /** How many may run now. */
    @get:JvmName("limit")
    public val limit: Int get() = synchronized(lock) { allowed.toInt() }

    /** How many run now. */
    @get:JvmName("inFlight")
    public val inFlight: Int get() = synchronized(lock) { running }

    /** How many wait now. */
    @get:JvmName("waiting")
    public val waiting: Int get() = synchronized(lock) { queue.size }

    /** How an attempt went, as far as a limiter learns from it. */
    internal enum class Ending { SUCCESS, OVERLOAD, OTHER }

    /** Waits for a slot and gives the era it was given in, for [release]. A cancelled waiter leaves the queue. */
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
            // One who was cancelled meanwhile gives it back.
            continuation.resumeOr(slot) { release(it, Ending.OTHER) }
        } else {
            continuation.invokeOnCancellation { synchronized(lock) { queue -= waiter } }
        }
    }

    /** Gives back a slot that was given in [since]. */
    @JvmSynthetic
    internal fun release(since: Int, ending: Ending) {
        val next =
            synchronized(lock) {
                if (smallest < largest) adapt(since, ending)
                running--
                nextWaiters()
            }
        // One who was cancelled meanwhile passes the slot on.
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

            // Only who uses all slots learns that there could be more.
            Ending.SUCCESS ->
                if (running >= allowed.toInt()) allowed = minOf(largest.toDouble(), allowed + 1 / allowed)

            Ending.OTHER -> Unit
        }
    }

    private fun full(context: ErrorContext) = QueueFullException(
        "$maxWaiting calls are waiting for one of $limit slots already: send less at once",
        context,
    )

    override fun toString(): String = "ConcurrencyLimiter(limit=$limit, inFlight=$inFlight, waiting=$waiting)"

    private class Waiter(val continuation: CancellableContinuation<Int>)

    /** Makes limiters. */
    public companion object {
        /** The most calls that wait where nothing else is said: 100,000. */
        public const val DEFAULT_MAX_WAITING: Int = 100_000
        private const val KEPT_IN_OVERLOAD = 0.7

        /**
         * Lets [limit] attempts run at the same time.
         *
         * @param maxWaiting the most calls that wait; one more ends with [QueueFullException]
         * @throws IllegalArgumentException where [limit] is below 1 or [maxWaiting] below 0
         */
        @JvmStatic
        @JvmOverloads
        public fun fixed(limit: Int, maxWaiting: Int = DEFAULT_MAX_WAITING): ConcurrencyLimiter =
            adaptive(limit, limit, maxWaiting)

        /**
         * Lets between [smallest] and [largest] attempts run at the same time, as many as the provider bears.
         *
         * @param maxWaiting the most calls that wait; one more ends with [QueueFullException]
         * @throws IllegalArgumentException where [smallest] is below 1, [largest] below it or [maxWaiting] below 0
         */
        @JvmStatic
        @JvmOverloads
        public fun adaptive(smallest: Int, largest: Int, maxWaiting: Int = DEFAULT_MAX_WAITING): ConcurrencyLimiter {
            require(smallest >= 1) { "At least one attempt must be let through: $smallest" }
            require(largest >= smallest) { "The largest limit, $largest, is below the smallest, $smallest" }
            require(maxWaiting >= 0) { "maxWaiting must not be negative: $maxWaiting" }
            return ConcurrencyLimiter(smallest, largest, maxWaiting)
        }
    }
}
