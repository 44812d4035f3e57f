@file:OptIn(ExperimentalMusterApi::class, InternalMusterApi::class)

package dev.muster.contract

import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.annotation.InternalMusterApi
import dev.muster.concurrent.OperatorClock
import dev.muster.context.ContextCarrier
import dev.muster.context.ContextCarrier.Captured
import dev.muster.context.ContextCarrier.Restored
import dev.muster.facade.CoroutineCaptured
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Delay
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.DisposableHandle
import kotlinx.coroutines.InternalCoroutinesApi
import kotlinx.coroutines.asExecutor
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.LockSupport
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.resume
import kotlin.time.AbstractLongTimeSource
import kotlin.time.DurationUnit
import kotlin.time.TimeSource

/**
 * Advances the timeouts of calls over real sockets by hand. A timeout passes when the test says so, after the server
 * has seen what must come before, and never because the machine is slow. Waits shorter than a second (a back-off, the
 * grace period for blocking code) are real, because no test asserts when they end.
 *
 * Kotlin code runs in [context]. A Java call that is started on the thread of [start], or inside [around], takes the
 * clock along if [Carrier] is registered: name `dev.muster.contract.HandClock$Carrier` in
 * `META-INF/services/dev.muster.context.ContextCarrier`.
 */
@ExperimentalMusterApi
@OptIn(InternalCoroutinesApi::class) // Delay is how a dispatcher says that it has timers of its own.
public class HandClock(
    /** How long it waits for an expected timer. */
    private val patience: Duration = PATIENCE,
) : CoroutineDispatcher(),
    Delay,
    AutoCloseable {
    private class Timer(val at: Long, val fire: () -> Unit)

    private val lock = ReentrantLock()
    private val added = lock.newCondition()
    private val timers = ArrayList<Timer>()
    private var now = 0L
    private val timeSource: TimeSource = object : AbstractLongTimeSource(DurationUnit.MILLISECONDS) {
        override fun read(): Long = lock.withLock { now }
    }

    /** The context of a coroutine whose time this clock controls. */
    public val context: CoroutineContext = this + OperatorClock(timeSource)

    /** Lets [duration] pass as soon as a timer is due by then. Fails if there is none for a long real time. */
    public fun pass(duration: Duration) {
        check(passed(duration, patience)) { "Nothing is due within $duration" }
    }

    /**
     * Lets [duration] pass until [isOver]. Repeats it if the first time was too early, for example for a timeout
     * between tokens that has not started while the collector is busy with the last token.
     */
    public fun passUntil(duration: Duration, isOver: () -> Boolean) {
        val end = System.nanoTime() + patience.toNanos()
        while (!isOver()) {
            // Real time for what was woken, or a busy machine would let timeouts pass that are much longer.
            if (passed(duration, LOOK)) awaitReally(isOver)
            check(System.nanoTime() < end) { "It has not come to an end: $this" }
        }
    }

    /** Waits in real time until [isOver], but no longer than some milliseconds. */
    private fun awaitReally(isOver: () -> Boolean) = repeat(POLLS) { if (!isOver()) LockSupport.parkNanos(POLL_NANOS) }

    /** Waits until a timer is longer than [duration], such as a back-off that is longer than all timeouts. */
    public fun awaitBeyond(duration: Duration) {
        lock.withLock {
            check(await(patience) { it.at > now + duration.toMillis() }) { "Nothing waits beyond $duration" }
        }
    }

    private fun passed(duration: Duration, patience: Duration): Boolean {
        val due = lock.withLock {
            if (!await(patience) { it.at <= now + duration.toMillis() }) return false
            now += duration.toMillis()
            taken { it.at <= now }
        }
        due.forEach { it.fire() }
        return true
    }

    /** Under the lock: whether there is a timer that [fits], or one appears in time. */
    private fun await(patience: Duration, fits: (Timer) -> Boolean): Boolean {
        var left = patience.toNanos()
        while (timers.none(fits)) {
            if (left <= 0) return false
            left = added.awaitNanos(left)
        }
        return true
    }

    /** Fires all timers. Returns how many there were. */
    public fun passAll(): Int {
        val all = lock.withLock { taken { true }.also { due -> due.lastOrNull()?.let { now = maxOf(now, it.at) } } }
        all.forEach { it.fire() }
        return all.size
    }

    /** Returns [task] with this clock for the calls that it starts. */
    public fun around(task: Runnable): Runnable = Runnable {
        val before = install(this)
        try {
            task.run()
        } finally {
            install(before)
        }
    }

    /** Removes the clock from this thread. */
    override fun close() {
        install(null)
    }

    override fun dispatch(context: CoroutineContext, block: Runnable): Unit =
        Dispatchers.Default.dispatch(context, block)

    override fun scheduleResumeAfterDelay(timeMillis: Long, continuation: CancellableContinuation<Unit>) {
        val timer = schedule(timeMillis) { continuation.resume(Unit) }
        continuation.invokeOnCancellation { timer.dispose() }
    }

    override fun invokeOnTimeout(timeMillis: Long, block: Runnable, context: CoroutineContext): DisposableHandle =
        schedule(timeMillis, block::run)

    private fun schedule(millis: Long, fire: () -> Unit): DisposableHandle {
        if (millis < HELD_MILLIS) return scheduleForReal(millis, fire)
        lock.withLock {
            val timer = Timer(if (millis > Long.MAX_VALUE - now) Long.MAX_VALUE else now + millis, fire)
            timers += timer
            added.signalAll()
            return DisposableHandle { lock.withLock { timers.remove(timer) } }
        }
    }

    private fun scheduleForReal(millis: Long, fire: () -> Unit): DisposableHandle {
        val later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, Dispatchers.Default.asExecutor())
        val timer = CompletableFuture.runAsync(fire, later)
        return DisposableHandle { timer.cancel(false) }
    }

    /** Under the lock: removes and returns the timers that [fit], in their order. */
    private fun taken(fit: (Timer) -> Boolean): List<Timer> =
        timers.filter(fit).sortedBy { it.at }.also { timers.removeAll(it) }

    override fun toString(): String = lock.withLock { "HandClock($now ms, ${timers.size} waiting)" }

    /** Makes the calls that start on a thread run on its clock. */
    public class Carrier : ContextCarrier {
        override fun capture(): Captured? = CURRENT.get()?.let(::Carried)
    }

    private class Carried(private val clock: HandClock) : CoroutineCaptured {
        override fun restore(): Restored {
            val before = install(clock)
            return Restored { install(before) }
        }

        override fun coroutineContext(): CoroutineContext = clock.context
    }

    /** Starts clocks. */
    public companion object {
        private const val HELD_MILLIS = 1_000L
        private val PATIENCE = Duration.ofSeconds(60)
        private val LOOK = Duration.ofMillis(20)
        private const val POLLS = 20
        private const val POLL_NANOS = 1_000_000L
        private val CURRENT = ThreadLocal<HandClock?>()

        /** A clock for the calls of this thread, until it is closed. */
        @JvmStatic
        public fun start(): HandClock = HandClock().also(::install)

        private fun install(clock: HandClock?): HandClock? {
            val before = CURRENT.get()
            if (clock == null) CURRENT.remove() else CURRENT.set(clock)
            return before
        }
    }
}
