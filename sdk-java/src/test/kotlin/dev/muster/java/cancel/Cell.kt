package dev.muster.java.cancel

import dev.muster.http.JdkTransport
import java.time.Duration
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException

/** What the calls of one cell were seen to do; times in nanoseconds, one for each call. */
internal class Figures(
    /** From the cancel until the peer had seen it, or, where nothing was open, until the call had ended. */
    val closed: List<Long>,
    /** How long the one who cancels was kept. */
    val kept: List<Long>,
) {
    /** All that is not as it should be. */
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
 * after [run], so that what still comes of the cancelled calls is seen.
 */
internal class Cell(private val phase: Phase, private val handle: Handle, private val patience: Duration = PATIENCE) :
    AutoCloseable {
    private val closed = ArrayList<Long>()
    private val kept = ArrayList<Long>()
    private var limit = FIRST_LIMIT
    private var scene = phase.open()
    private var session = handle.open(kind())
    private lateinit var transport: JdkTransport
    private var lastCancel = 0L

    fun run(calls: Int = CALLS): Figures {
        while (closed.size < calls) {
            if (cancelOne()) {
                if (handle.endsSession) session = handle.open(kind())
            } else {
                // A deadline has passed before the phase was reached: this machine needs a longer one.
                limit = limit.multipliedBy(2)
                check(limit <= LONGEST_LIMIT) { "no call gets into the phase" }
                close()
                scene = phase.open()
                session = handle.open(kind())
            }
        }
        check(scene.surplus() == 0) { "${scene.surplus()} requests too many" }
        return Figures(closed, kept)
    }

    /** Waits until a further attempt would have been made. */
    fun awaitQuiet() {
        val end = lastCancel + checkNotNull(scene.quiet).toNanos()
        scene.listen(Duration.ofNanos(maxOf(0, end - System.nanoTime())))
        check(scene.surplus() == 0) { "${scene.surplus()} requests after the cancel" }
    }

    override fun close() {
        session.close()
        scene.close()
    }

    private fun kind(): Kind {
        transport = JdkTransport()
        return Kind(scene.url, scene.tokens, scene.retry, scene.limiter, scene.inside, transport, limit)
    }

    /** Whether the call was in the phase when it was cancelled. */
    private fun cancelOne(): Boolean {
        scene.begin()
        val running = session.start(scene::token)
        if (!awaitEntered(running)) return false
        val entered = System.nanoTime()
        val asked = running.cancel()
        val returned = System.nanoTime()
        if (asked < entered) return false
        checkEnding(awaitEnding(running))
        val ended = System.nanoTime()
        closed += (scene.awaitClosed(patience) ?: ended) - asked
        kept += maxOf(0, returned - asked)
        check(polled(patience) { transport.openExchanges == 0 }) { "$transport" }
        lastCancel = asked
        return true
    }

    private fun awaitEntered(running: Running): Boolean {
        val end = System.nanoTime() + PATIENCE.toNanos()
        while (!scene.entered(LOOK)) {
            check(System.nanoTime() < end) { "the call has not come into the phase" }
            if (running.ending.isDone) {
                checkEnding(running.ending.join())
                return false
            }
        }
        return true
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
        private val FIRST_LIMIT = Duration.ofMillis(60)
        private val LONGEST_LIMIT = Duration.ofMillis(480)
        private val LOOK = Duration.ofMillis(50)
    }
}
