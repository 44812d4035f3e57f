package dev.muster.concurrent.internal

import java.time.Duration

/**
 * Limits second copies to a share of the last [SPAN] calls.
 *
 * The first [FREE] copies are allowed regardless of the share; otherwise a hedge could do nothing before its twentieth
 * call. They count in the share: no further copy is allowed until the share of the calls so far exceeds the copies
 * taken.
 */
internal class HedgeBudget(private val share: Double) {
    // One entry per call of the span: whether it had a second copy. The entry of the current call was written last.
    private val copied = BooleanArray(SPAN)
    private var calls = 0L
    private var inSpan = 0

    @get:Synchronized
    var taken: Long = 0
        private set

    @get:Synchronized
    var withheld: Long = 0
        private set

    @Synchronized
    fun callBegins() {
        val place = (calls++ % SPAN).toInt()
        if (copied[place]) inSpan--
        copied[place] = false
    }

    /** Takes one second copy. Returns whether one was left. */
    @Synchronized
    fun take(): Boolean {
        if (!isFree() && inSpan + 1 > share * minOf(calls, SPAN.toLong())) {
            withheld++
            return false
        }
        // Only the number of copies matters: mark the newest call without a copy, so that it leaves the span last.
        var place = ((calls - 1) % SPAN).toInt()
        while (copied[place]) place = (place + SPAN - 1) % SPAN
        copied[place] = true
        inSpan++
        taken++
        return true
    }

    private fun isFree() = share > 0 && taken < FREE

    companion object {
        const val SPAN = 1000
        const val FREE = 10
    }
}

/** The latencies of the latest calls, and the latency at [percentile] of them. */
internal class Latencies(private val percentile: Double) {
    private val nanos = LongArray(SPAN)
    private var count = 0L
    private var cached: Duration? = null

    @Synchronized
    fun add(latency: Duration) {
        nanos[(count++ % SPAN).toInt()] = latency.toNanos()
        // Sorting at intervals is enough: the value changes slowly.
        if (count >= ENOUGH && count % EACH == 0L) cached = compute()
    }

    /** Null until enough calls have succeeded. */
    @Synchronized
    fun delay(): Duration? = cached

    private fun compute(): Duration {
        val sorted = nanos.copyOf(minOf(count, SPAN.toLong()).toInt()).apply { sort() }
        return Duration.ofNanos(sorted[(sorted.size * percentile).toInt().coerceAtMost(sorted.size - 1)])
    }

    private companion object {
        const val SPAN = 256
        const val ENOUGH = 20
        const val EACH = 10
    }
}
