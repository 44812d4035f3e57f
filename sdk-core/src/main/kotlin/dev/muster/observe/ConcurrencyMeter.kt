package dev.muster.observe

import dev.muster.concurrent.OperatorClock
import kotlinx.coroutines.currentCoroutineContext
import java.util.concurrent.CancellationException
import kotlin.time.Duration
import kotlin.time.TimeMark
import kotlin.time.TimeSource
import kotlin.time.toJavaDuration

/**
 * Measures how much time a group of calls saves by running at the same time. Thread-safe.
 *
 * ```
 * val meter = ConcurrencyMeter()
 * gather(questions) { q -> meter.measure { model.ask(q) } }
 * println(meter.report().format())
 * ```
 * In Java, report the start and the end of each call:
 *
 * ```
 * try (Measurement call = meter.begin()) { answer = ask(); call.succeed(); }
 * ```
 * A meter uses one clock for all its calls: the coroutine's clock if the first call used [measure], the system clock
 * if it used [begin].
 */
public class ConcurrencyMeter {
    private val lock = Any()

    /** When the first call began. All times of this meter are relative to it. */
    private var origin: TimeMark? = null
    private var lastEnd = Duration.ZERO
    private var sum = Duration.ZERO
    private var inFlight = 0
    private var peak = 0
    private var ended = 0
    private var failures = 0

    /**
     * Runs [block] and counts it as one call. Returns its value and throws its exception. A cancelled call does not
     * count as failed.
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

    /** Starts a call. It ends when the first method of the returned [Measurement] is called. */
    public fun begin(): Measurement = begin(TimeSource.Monotonic)

    /** Returns the figures so far. Calls that are still running count only in the wall time and the peak. */
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
