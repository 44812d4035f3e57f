package dev.muster.observe

import java.time.Duration
import java.util.Locale

/** Compares the time that calls took at the same time with the time they take one after another. */
public class ConcurrencyReport(
    /** The time from the start of the first call to the end of the last. */
    @get:JvmName("wall") public val wall: Duration,
    /** The sum of all latencies: the time the calls take one after another. */
    @get:JvmName("sum") public val sum: Duration,
    /** The maximum number of calls in flight at the same time. */
    @get:JvmName("peak") public val peak: Int,
    /** The number of calls that have ended, including failed and cancelled ones. */
    @get:JvmName("calls") public val calls: Int,
    /** The number of calls that failed. Cancelled calls are not included. */
    @get:JvmName("failures") public val failures: Int,
) {
    /** The average latency. Zero if there was no call. */
    @get:JvmName("average")
    public val average: Duration get() = if (calls == 0) Duration.ZERO else sum.dividedBy(calls.toLong())

    /** [sum] divided by [wall]. 1 if no time has passed. */
    @get:JvmName("speedUp")
    public val speedUp: Double get() = if (wall.isZero) 1.0 else sum.toNanos().toDouble() / wall.toNanos()

    /** Returns the figures, one on each line, in seconds. */
    public fun format(): String = listOf(
        "Calls" to "$calls ($failures failed)",
        "Wall time" to seconds(wall),
        "Sum of latencies" to seconds(sum),
        "Average latency" to seconds(average),
        "Speed-up" to factor(),
        "Peak in flight" to "$peak",
    ).joinToString("\n") { (name, figure) -> name.padEnd(18) + figure }

    override fun toString(): String = "$calls calls ($failures failed): wall ${seconds(wall)}, sum ${seconds(sum)}, " +
        "average ${seconds(average)}, speed-up ${factor()}, peak $peak"

    private fun factor(): String = String.format(Locale.ROOT, "%.1fx", speedUp)

    private fun seconds(duration: Duration): String =
        String.format(Locale.ROOT, "%.2f s", duration.toNanos() / NANOS_PER_SECOND)

    private companion object {
        private const val NANOS_PER_SECOND = 1e9
    }
}
