package dev.muster.concurrent

import dev.muster.concurrent.internal.Taker
import kotlinx.coroutines.channels.Channel

/**
 * Limits how far a run may be ahead of its collector.
 *
 * An item enters when it starts and leaves when the collector takes its result. At most [limit] items are inside. Up
 * to [buffer] results that wait for an earlier, still running item are not counted: they free their slots for the next
 * items, so one slow item does not stop the others at once. A result that waits only for the collector keeps its slot;
 * that is the backpressure.
 */
internal class Window(private val limit: Int, private val buffer: Int = 0) {
    private val lock = Any()
    private var inside = 0

    /** The first item, in input order, that has not ended. [blocked] has the ended items after it. */
    private var head = 0
    private val blocked = HashSet<Int>()

    /** Conflated is enough: the only waiter checks again after each signal. */
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

    /** Runs [give], which hands a result to [taker]. The item leaves the window when the result is taken. */
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
        /** Returns a window without a limit. */
        fun unbounded(): Window = Window(Int.MAX_VALUE)
    }
}
