package dev.muster.java.parity

import dev.muster.java.parity.Event.PROGRESS
import dev.muster.java.parity.Event.TAKEN
import java.time.Duration
import java.util.EnumMap
import java.util.concurrent.CompletableFuture
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/** Records the events of the program under test and waits for them. */
internal class Signals(private val pauseAfter: Int) : Audience {
    private val lock = ReentrantLock()
    private val changed = lock.newCondition()
    private val counts = EnumMap<Event, Int>(Event::class.java)
    private val values = ArrayList<Any?>()
    private val told = ArrayList<String>()
    private val resumed = CompletableFuture<Unit>()

    val taken: List<Any?> get() = lock.withLock { values.toList() }

    val progress: List<String> get() = lock.withLock { told.toList() }

    override fun taken(value: Any?): CompletableFuture<Unit> = lock.withLock {
        values += value
        saw(TAKEN)
        if (values.size >= pauseAfter) resumed else CompletableFuture.completedFuture(Unit)
    }

    override fun progress(done: String): Unit = lock.withLock {
        told += done
        saw(PROGRESS)
    }

    override fun saw(event: Event): Unit = lock.withLock {
        counts.merge(event, 1, Int::plus)
        changed.signalAll()
    }

    fun resume() {
        resumed.complete(Unit)
    }

    /** Waits until [event] has happened [count] times. Returns whether that was in time. */
    fun await(event: Event, count: Int, limit: Duration): Boolean = lock.withLock {
        var left = limit.toNanos()
        while ((counts[event] ?: 0) < count) {
            if (left <= 0) return false
            left = changed.awaitNanos(left)
        }
        true
    }
}
