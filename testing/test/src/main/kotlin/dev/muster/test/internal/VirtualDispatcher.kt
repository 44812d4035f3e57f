package dev.muster.test.internal

import dev.muster.context.ContextCarrier
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
 * Runs coroutines on real threads, and their timers on a virtual time that is advanced by hand. It counts the running
 * tasks, so that the thread that advances the time knows when all of them wait.
 */
@OptIn(InternalCoroutinesApi::class) // A dispatcher implements Delay to provide its own timers.
internal class VirtualDispatcher :
    CoroutineDispatcher(),
    Delay,
    AutoCloseable {
    private class Timer(val at: Long, val number: Long, val fire: () -> Unit, val drop: () -> Unit)

    private val lock = ReentrantLock()

    // Signalled when all tasks are idle, when a timer is added, and by wake().
    private val changed = lock.newCondition()
    private val owner = Thread.currentThread()
    private val timers = PriorityQueue(compareBy<Timer>({ it.at }, { it.number }))
    private var busy = 0

    // Whether `busy` counts this thread.
    private val isCounted = ThreadLocal<Boolean>()
    private var millis = 0L
    private var created = 0L
    private var closed = false

    private val threads: ExecutorService =
        Executors.newCachedThreadPool { Thread(it, "muster-test-callback").apply { isDaemon = true } }

    /** Runs callbacks of the user, which are counted too. */
    val callbacks = Executor { task -> threads.execute(counted(task)) }

    /** Whether this is the thread that advances the time. */
    val isOnItsThread: Boolean get() = Thread.currentThread() === owner

    val now: Long get() = lock.withLock { millis }

    val timeSource: TimeSource =
        object : AbstractLongTimeSource(DurationUnit.MILLISECONDS) {
            override fun read(): Long = now
        }

    /** Returns [task], counted from when it starts to run. */
    fun around(task: Runnable): Runnable = Runnable { counted(task).run() }

    /** Stops counting this thread, which is about to wait for a call, until the result is closed. */
    fun leave(): ContextCarrier.Restored? {
        if (isCounted.get() != true) return null
        done()
        return ContextCarrier.Restored { lock.withLock { busy++ } }
    }

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        Dispatchers.Default.dispatch(context, counted(block))
    }

    override fun scheduleResumeAfterDelay(timeMillis: Long, continuation: CancellableContinuation<Unit>) {
        val drop = { continuation.cancel(CancellationException("The TestClock was closed")).let {} }
        val timer = schedule(timeMillis, { continuation.resume(Unit) }, drop) ?: return drop()
        continuation.invokeOnCancellation { remove(timer) }
    }

    override fun invokeOnTimeout(timeMillis: Long, block: Runnable, context: CoroutineContext): DisposableHandle {
        val timer = schedule(timeMillis, block::run) {}
        return DisposableHandle { if (timer != null) remove(timer) }
    }

    /** Fires the timers up to [target] in order. Before each one, waits until everything is idle again. */
    fun advanceTo(target: Long) {
        while (fireNext(target)) continue
        lock.withLock { millis = maxOf(millis, target) }
    }

    /** Advances to the next timer up to [target] and fires it. Returns whether there was one. */
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

    /** Waits until there is a timer or [isOver] is true, which [wake] checks again. Returns false on a timeout. */
    fun awaitTimer(isOver: () -> Boolean): Boolean = lock.withLock {
        var left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)
        while (timers.isEmpty() && !isOver() && left > 0) left = changed.awaitNanos(left)
        timers.isNotEmpty() || isOver()
    }

    /** Makes [awaitTimer] check its condition again. */
    fun wake(): Unit = lock.withLock { changed.signalAll() }

    /** Waits until no counted task runs: each waits for a timer, or for something outside this dispatcher. */
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
                throw IllegalStateException("Interrupted while waiting for the tasks of the TestClock", e)
            }
        check(inTime) {
            "The tasks of the TestClock did not become idle within $PATIENCE_SECONDS s: does a callback, or code run " +
                "with around(…), block on something other than a blocking method of Muster?"
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
