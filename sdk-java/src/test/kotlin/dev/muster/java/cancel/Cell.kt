package dev.muster.java.cancel

import dev.muster.contract.HandClock
import dev.muster.http.transport.JdkTransport
import java.time.Duration
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException

/** What was measured for the calls of one cell; times in nanoseconds, one for each call. */
internal class Figures(
    /** From the cancel until the peer saw it or, if nothing was open, until the call ended. */
    val closed: List<Long>,
    /** How long the canceller was blocked. */
    val kept: List<Long>,
) {
    /** Everything that is slower than promised. For a quiet machine. */
    fun problems(): List<String> = listOfNotNull(
        "${closed.size} of ${Cell.CALLS} were closed".takeIf { closed.size != Cell.CALLS },
        "closed after ${millis(closed.median())} in the median".takeIf { closed.median() >= 50 * NANOS_A_MILLI },
        "closed after ${millis(closed.max())} at the latest".takeIf { closed.max() > 1000 * NANOS_A_MILLI },
        "kept for ${millis(kept.median())} in the median".takeIf { kept.median() >= 20 * NANOS_A_MILLI },
    )

    private fun millis(nanos: Long) = "${nanos / NANOS_A_MILLI} ms"

    private companion object {
        const val NANOS_A_MILLI = 1_000_000L
    }
}

/**
 * One phase and one handle: calls that are brought into the phase and cancelled there, one after the other. Stays open
 * after [run], so that late effects of the cancelled calls are seen.
 */
internal class Cell(private val phase: Phase, private val handle: Handle, private val patience: Duration = PATIENCE) :
    AutoCloseable {
    private val closed = ArrayList<Long>()
    private val kept = ArrayList<Long>()
    private val clock = HandClock()
    private val scene = phase.open()
    private var session = handle.open(kind())
    private lateinit var transport: JdkTransport

    fun run(calls: Int = CALLS): Figures {
        repeat(calls) {
            cancelOne()
            if (handle.endsSession) session = handle.open(kind())
        }
        check(scene.surplus() == 0) { "${scene.surplus()} requests too many" }
        return Figures(closed, kept)
    }

    /** Releases everything that still waits in the phase. */
    fun awaitQuiet() {
        scene.goOn(clock)
        check(scene.surplus() == 0) { "${scene.surplus()} requests after the cancel" }
    }

    override fun close() {
        session.close()
        scene.close()
    }

    private fun kind(): Kind {
        transport = JdkTransport()
        return Kind(scene.url, scene.tokens, scene.retry, scene.limiter, scene.inside, transport, clock)
    }

    private fun cancelOne() {
        scene.begin()
        val running = session.start(scene::token)
        check(scene.entered(PATIENCE)) { "the call has not come into the phase: ${running.ending}" }
        val asked = running.cancel()
        val returned = System.nanoTime()
        checkEnding(awaitEnding(running))
        val ended = System.nanoTime()
        closed += (scene.awaitClosed(patience) ?: ended) - asked
        kept += maxOf(0, returned - asked)
        check(polled(patience) { transport.openExchanges == 0 }) { "$transport" }
    }

    private fun awaitEnding(running: Running): Throwable? = try {
        running.ending.get(patience.toMillis(), TimeUnit.MILLISECONDS)
    } catch (e: TimeoutException) {
        throw IllegalStateException("the call has not ended", e)
    }

    private fun checkEnding(failure: Throwable?) {
        val expected = handle.ending
        val right = if (expected == null) failure == null else expected.isInstance(failure)
        check(right) { "the call ended with $failure and not with ${expected?.simpleName ?: "a value"}" }
    }

    companion object {
        const val CALLS = 20
    }
}
