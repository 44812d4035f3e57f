package dev.muster.concurrent.internal

import java.time.Duration

/**
 * Keeps the second copies within a share of the calls, over the last [SPAN] of those. The first [FREE] copies of all
 * need no share, or a hedge could do nothing before its twentieth call. They count in it nevertheless: from then on
 * there is none until the share of the calls so far is larger than what has been taken.
 */
internal class HedgeBudget(private val share: Double) {
    // One entry for each of the last calls: whether it had a second copy. The current call is the last one written.
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

    /** Takes one second copy, if there is one left. */
    @Synchronized
    fun take(): Boolean {
        if (!isFree() && inSpan + 1 > share * minOf(calls, SPAN.toLong())) {
            withheld++
            return false
        }
        // Whose copy it is does not matter for the share: it leaves the span with the newest call that has none.
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

/** The latencies of the latest calls, and the one that [percentile] of them do not pass. */
internal class Latencies(private val percentile: Double) {
    private val nanos = LongArray(SPAN)
    private var count = 0L
    private var cached: Duration? = null

    @Synchronized
    fun add(latency: Duration) {
        nanos[(count++ % SPAN).toInt()] = latency.toNanos()
        // Sorted now and then only: the figure moves slowly.
        if (count >= ENOUGH && count % EACH == 0L) cached = compute()
    }

    /** Null until enough has been seen. */
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
