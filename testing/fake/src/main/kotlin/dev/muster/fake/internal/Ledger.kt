package dev.muster.fake.internal

import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

internal enum class Happening { ARRIVED, FIRST_BYTE, TOKEN, COMPLETED, CUT, DISCONNECTED }

internal class LoggedEvent(val happening: Happening, val index: Int, val token: Int, val nanos: Long)

/** All counters at one moment. */
internal data class Counts(
    val requests: Int = 0,
    val inFlight: Int = 0,
    val peakInFlight: Int = 0,
    val begun: Int = 0,
    val completed: Int = 0,
    val cut: Int = 0,
    val disconnects: Int = 0,
    val rejected: Int = 0,
    val held: Int = 0,
    val tokens: Long = 0,
    val connectionsAccepted: Int = 0,
    val openConnections: Int = 0,
)

/**
 * The exact record of what happened. Written by the loop, read by any thread, awaited by tests. Everything is under
 * one lock, so that a reader never sees a counter without its timestamp.
 */
internal class Ledger(private val onChange: Runnable) {
    private val lock = ReentrantLock()
    private val changed = lock.newCondition()
    private var counts = Counts()
    private val exchanges = ArrayList<Exchange>()
    private val events = ArrayList<LoggedEvent>()
    private val disconnectStamps = ArrayList<Long>()
    private val live = HashSet<Exchange>()

    /** Whether requests and events are kept. Counters are always kept. */
    @Volatile
    var recording = true

    fun snapshot(): Counts = lock.withLock { counts }

    fun exchanges(): List<Pair<Exchange, Progress>> = lock.withLock { exchanges.map { it to it.progress() } }

    fun events(): List<LoggedEvent> = lock.withLock { events.toList() }

    fun disconnectStamps(): List<Long> = lock.withLock { disconnectStamps.toList() }

    /** The number of the next request. Used on the loop. */
    fun nextIndex(): Int = lock.withLock { counts.requests }

    fun arrived(exchange: Exchange): Unit = change {
        live += exchange
        if (recording) exchanges += exchange
        val inFlight = counts.inFlight + 1
        counts =
            counts.copy(
                requests = counts.requests + 1,
                inFlight = inFlight,
                peakInFlight = maxOf(inFlight, counts.peakInFlight),
                rejected = counts.rejected + if (exchange.rejection == null) 0 else 1,
            )
        log(Happening.ARRIVED, exchange, exchange.arrivedAt)
    }

    fun firstByte(exchange: Exchange): Unit = onLive(exchange) { now ->
        exchange.phase = Phase.ANSWERING
        exchange.firstByteAt = now
        counts = counts.copy(begun = counts.begun + 1)
        log(Happening.FIRST_BYTE, exchange, now)
    }

    fun token(exchange: Exchange): Unit = onLive(exchange) { now ->
        exchange.tokensSent++
        counts = counts.copy(tokens = counts.tokens + 1)
        log(Happening.TOKEN, exchange, now, exchange.tokensSent)
    }

    fun completed(exchange: Exchange): Unit = onLive(exchange) { now ->
        end(exchange, Phase.COMPLETED, now)
        counts = counts.copy(completed = counts.completed + 1)
        log(Happening.COMPLETED, exchange, now)
    }

    fun cut(exchange: Exchange): Unit = onLive(exchange) { now ->
        end(exchange, Phase.CUT, now)
        counts = counts.copy(cut = counts.cut + 1)
        log(Happening.CUT, exchange, now)
    }

    fun disconnected(exchange: Exchange, at: Long): Unit = onLive(exchange) {
        end(exchange, Phase.DISCONNECTED, at)
        exchange.disconnectedAt = at
        disconnectStamps += at
        counts = counts.copy(disconnects = counts.disconnects + 1)
        log(Happening.DISCONNECTED, exchange, at)
    }

    fun held(difference: Int): Unit = change { counts = counts.copy(held = counts.held + difference) }

    fun connectionOpened(): Unit = change {
        counts =
            counts.copy(
                connectionsAccepted = counts.connectionsAccepted + 1,
                openConnections = counts.openConnections + 1,
            )
    }

    fun connectionClosed(): Unit = change { counts = counts.copy(openConnections = counts.openConnections - 1) }

    /** Resets everything except the count of open connections. Earlier exchanges no longer count. */
    fun reset(): Unit = change {
        live.clear()
        exchanges.clear()
        events.clear()
        disconnectStamps.clear()
        counts = Counts(openConnections = counts.openConnections)
    }

    /** Waits until [reached] returns true. Returns false if [timeoutNanos] pass first. */
    @Throws(InterruptedException::class)
    fun await(timeoutNanos: Long, reached: (Counts) -> Boolean): Boolean {
        var left = timeoutNanos
        lock.withLock {
            while (!reached(counts)) {
                if (left <= 0) return false
                left = changed.awaitNanos(left)
            }
        }
        return true
    }

    private fun end(exchange: Exchange, phase: Phase, now: Long) {
        exchange.phase = phase
        exchange.endedAt = now
        live -= exchange
        counts = counts.copy(inFlight = counts.inFlight - 1)
    }

    private fun log(happening: Happening, exchange: Exchange, now: Long, token: Int = 0) {
        if (recording) events += LoggedEvent(happening, exchange.index, token, now)
    }

    // An exchange from before a reset must not change the new counters.
    private inline fun onLive(exchange: Exchange, action: (Long) -> Unit): Unit =
        change { if (exchange in live) action(System.nanoTime()) }

    private inline fun change(action: () -> Unit) {
        lock.withLock {
            action()
            changed.signalAll()
        }
        onChange.run()
    }
}
