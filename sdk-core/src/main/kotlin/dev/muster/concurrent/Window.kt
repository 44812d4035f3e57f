package dev.muster.concurrent

import dev.muster.concurrent.internal.Taker
import kotlinx.coroutines.channels.Channel

/**
 * How far a run may be ahead of its collector.
 *
 * An item enters when it is started and leaves when its result is taken by the collector. At most [limit] items are
 * inside, not counting up to [buffer] results that are there but wait for an earlier item which still runs: those give
 * their place to the next item, so that one slow item does not stop the others at once. A result that waits for the
 * collector alone keeps its place: that is the backpressure.
 */
internal class Window(private val limit: Int, private val buffer: Int = 0) {
    private val lock = Any()
    private var inside = 0

    /** The first item, in input order, that has not settled; [blocked] are the settled ones after it. */
    private var head = 0
    private val blocked = HashSet<Int>()

    /** There is one waiter only, who looks again after each signal: a conflated signal loses nothing. */
    private val changed = Channel<Unit>(Channel.CONFLATED)

    fun enter() {
        synchronized(lock) { inside++ }
    }

    fun settled(index: Int) {
        if (buffer == 0) return
        synchronized(lock) {
            blocked += index
            while (blocked.remove(head)) head++
        }
        changed.trySend(Unit)
    }

    fun leave() {
        synchronized(lock) { inside-- }
        changed.trySend(Unit)
    }

    /** Runs [give], which gives a result to [taker]: its item leaves when the result is taken. */
    inline fun handingOver(taker: Taker, give: () -> Unit) {
        if (taker != Taker.OTHER_THREAD) leave()
        give()
        if (taker == Taker.OTHER_THREAD) leave()
    }

    suspend fun awaitRoom() {
        while (!hasRoom()) changed.receive()
    }

    private fun hasRoom(): Boolean = synchronized(lock) { inside - minOf(blocked.size, buffer) < limit }

    companion object {
        /** Everything at once. */
        fun unbounded(): Window = Window(Int.MAX_VALUE)
    }
}
