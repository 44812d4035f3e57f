package dev.muster.observe

import dev.muster.concurrent.OperatorClock
import kotlinx.coroutines.currentCoroutineContext
import java.util.concurrent.CancellationException
import kotlin.time.Duration
import kotlin.time.TimeMark
import kotlin.time.TimeSource
import kotlin.time.toJavaDuration

/**
 * Measures how much a group of calls gains from running at once. Safe for use from many threads and coroutines.
 *
 * ```
 * val meter = ConcurrencyMeter()
 * gather(questions) { q -> meter.measure { model.ask(q) } }
 * println(meter.report().format())
 * ```
 * From Java, where a call's begin and end are seen one by one:
 * ```
 * try (Measurement call = meter.begin()) { answer = ask(); call.succeed(); }
 * ```
 * One meter measures by one clock: that of the coroutine or, for [begin], of the system, whichever came first.
 */
public class ConcurrencyMeter {
    private val lock = Any()

    /** When the first call began, on the clock that all times of this meter come from. */
    private var origin: TimeMark? = null
    private var lastEnd = Duration.ZERO
    private var sum = Duration.ZERO
    private var inFlight = 0
    private var peak = 0
    private var ended = 0
    private var failures = 0

    /**
     * Runs [block] and counts it as one call; its value and its exception go through. A cancelled call is no failure.
     */
    @JvmSynthetic
    public suspend fun <T> measure(block: suspend () -> T): T {
        val source = currentCoroutineContext()[OperatorClock]?.timeSource ?: TimeSource.Monotonic
        begin(source).use { call ->
            try {
                return block().also { call.succeed() }
            } catch (e: CancellationException) {
                call.cancel()
                throw e
            }
        }
    }

    /** Begins a call, which lasts until the first of the methods of the [Measurement] is called. */
    public fun begin(): Measurement = begin(TimeSource.Monotonic)

    /** The figures so far. Calls that still run count in the wall time and the peak only. */
    public fun report(): ConcurrencyReport = synchronized(lock) {
        val wall = if (inFlight > 0) now() else lastEnd
        ConcurrencyReport(wall.toJavaDuration(), sum.toJavaDuration(), peak, ended, failures)
    }

    private fun begin(source: TimeSource): Measurement = synchronized(lock) {
        if (origin == null) origin = source.markNow()
        inFlight++
        peak = maxOf(peak, inFlight)
        val start = now()
        Measurement { failed -> end(start, failed) }
    }

    private fun end(start: Duration, failed: Boolean) = synchronized(lock) {
        lastEnd = now()
        sum += lastEnd - start
        inFlight--
        ended++
        if (failed) failures++
    }

    private fun now(): Duration = origin?.elapsedNow() ?: Duration.ZERO
}
