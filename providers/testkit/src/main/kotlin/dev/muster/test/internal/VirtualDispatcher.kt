package dev.muster.test.internal

import dev.muster.spi.ContextCarrier
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Delay
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.DisposableHandle
import kotlinx.coroutines.InternalCoroutinesApi
import java.util.PriorityQueue
import java.util.concurrent.Executor
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.resume
import kotlin.time.AbstractLongTimeSource
import kotlin.time.DurationUnit
import kotlin.time.TimeSource

/**
 * Runs coroutines on real threads and their timers by a time that is moved by hand. It counts what runs on it, so that
 * whoever moves the time knows when all waits.
 */
@OptIn(InternalCoroutinesApi::class) // Delay is how a dispatcher says that it has timers of its own.
internal class VirtualDispatcher :
    CoroutineDispatcher(),
    Delay,
    AutoCloseable {
    private class Timer(val at: Long, val number: Long, val fire: () -> Unit, val drop: () -> Unit)

    private val lock = ReentrantLock()

    // That all is at rest, that there is a timer, or that what somebody waits for has ended.
    private val changed = lock.newCondition()
    private val owner = Thread.currentThread()
    private val timers = PriorityQueue(compareBy<Timer>({ it.at }, { it.number }))
    private var busy = 0

    // Whether the thread is one of those that `busy` counts.
    private val isCounted = ThreadLocal<Boolean>()
    private var millis = 0L
    private var created = 0L
    private var closed = false

    private val threads: ExecutorService =
        Executors.newCachedThreadPool { Thread(it, "muster-test-callback").apply { isDaemon = true } }

    /** Runs the user's functions, counted as well. */
    val callbacks = Executor { task -> threads.execute(counted(task)) }

    /** Whether this is the thread that moves the time. */
    val isOnItsThread: Boolean get() = Thread.currentThread() === owner

    val now: Long get() = lock.withLock { millis }

    val timeSource: TimeSource =
        object : AbstractLongTimeSource(DurationUnit.MILLISECONDS) {
            override fun read(): Long = now
        }

    /** [task], counted from when it begins. */
    fun around(task: Runnable): Runnable = Runnable { counted(task).run() }

    /** Has this thread, which is about to wait for a call, not count until the result is closed. */
    fun leave(): ContextCarrier.Restored? {
        if (isCounted.get() != true) return null
        done()
        return ContextCarrier.Restored { lock.withLock { busy++ } }
    }

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        Dispatchers.Default.dispatch(context, counted(block))
    }

    override fun scheduleResumeAfterDelay(timeMillis: Long, continuation: CancellableContinuation<Unit>) {
        val drop = { continuation.cancel(CancellationException("The test's clock is closed")).let {} }
        val timer = schedule(timeMillis, { continuation.resume(Unit) }, drop) ?: return drop()
        continuation.invokeOnCancellation { remove(timer) }
    }

    override fun invokeOnTimeout(timeMillis: Long, block: Runnable, context: CoroutineContext): DisposableHandle {
        val timer = schedule(timeMillis, block::run) {}
        return DisposableHandle { if (timer != null) remove(timer) }
    }

    /** Fires, in order, what is due up to [target], each once all that the one before has set off waits again. */
    fun advanceTo(target: Long) {
        while (fireNext(target)) continue
        lock.withLock { millis = maxOf(millis, target) }
    }

    /** Moves to the next timer up to [target] and fires it. Returns whether there was one. */
    fun fireNext(target: Long): Boolean {
        awaitIdle()
        val timer =
            lock.withLock {
                if (timers.isEmpty() || timers.peek().at > target) return false
                timers.remove().also { millis = maxOf(millis, it.at) }
            }
        timer.fire()
        awaitIdle()
        return true
    }

    /** Waits until there is a timer, or [isOver], which [wake] makes it look at again. False where neither came. */
    fun awaitTimer(isOver: () -> Boolean): Boolean = lock.withLock {
        var left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)
        while (timers.isEmpty() && !isOver() && left > 0) left = changed.awaitNanos(left)
        timers.isNotEmpty() || isOver()
    }

    /** Has who waits in [awaitTimer] look again. */
    fun wake(): Unit = lock.withLock { changed.signalAll() }

    /** Waits until all that runs here waits for a time, or for something that is not of here. */
    fun awaitIdle() {
        val inTime =
            try {
                lock.withLock {
                    var left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)
                    while (busy > 0 && left > 0) left = changed.awaitNanos(left)
                    busy == 0
                }
            } catch (e: InterruptedException) {
                Thread.currentThread().interrupt()
                throw IllegalStateException("Interrupted while waiting for what runs on the test's clock", e)
            }
        check(inTime) {
            "What runs on the test's clock has not come to rest for $PATIENCE_SECONDS s: does a callback, or what " +
                "runs by around(…), wait in something else than a blocking method of Muster?"
        }
    }

    override fun close() {
        val waiting =
            lock.withLock {
                closed = true
                timers.toList().also { timers.clear() }
            }
        waiting.forEach { it.drop() }
        awaitIdle()
        threads.shutdown()
    }

    private fun counted(task: Runnable): Runnable {
        lock.withLock { busy++ }
        return Runnable {
            val outer = isCounted.get()
            isCounted.set(true)
            try {
                task.run()
            } finally {
                if (outer == true) isCounted.set(true) else isCounted.remove()
                done()
            }
        }
    }

    private fun done(): Unit = lock.withLock { if (--busy == 0) changed.signalAll() }

    private fun schedule(wait: Long, fire: () -> Unit, drop: () -> Unit): Timer? = lock.withLock {
        if (closed) return null
        val at = if (wait > Long.MAX_VALUE - millis) Long.MAX_VALUE else millis + maxOf(0, wait)
        Timer(at, created++, fire, drop).also {
            timers += it
            changed.signalAll()
        }
    }

    private fun remove(timer: Timer) {
        lock.withLock { timers.remove(timer) }
    }

    override fun toString(): String = "VirtualDispatcher($now ms)"

    private companion object {
        const val PATIENCE_SECONDS = 10L
    }
}
