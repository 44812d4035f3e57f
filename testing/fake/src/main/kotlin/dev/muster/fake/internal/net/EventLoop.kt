package dev.muster.fake.internal.net

import org.slf4j.LoggerFactory
import java.io.IOException
import java.nio.channels.SelectableChannel
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.util.TreeSet
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.ExecutionException

/** Called when a registered channel's socket is ready. */
internal fun interface Ready {
    fun ready(key: SelectionKey)
}

/** A task that runs once on the loop, unless it is cancelled before it is due. */
internal class Timer(val due: Long, val sequence: Long, val task: Runnable) : Comparable<Timer> {
    override fun compareTo(other: Timer): Int {
        val byTime = (due - other.due).compareTo(0)
        return if (byTime != 0) byTime else sequence.compareTo(other.sequence)
    }
}

/**
 * One daemon thread, one selector, one sorted set of timers. The whole server runs here, so ten thousand open
 * exchanges need memory but no threads, and the server's state needs no locks.
 */
internal class EventLoop(name: String) : AutoCloseable {
    private val selector: Selector = Selector.open()
    private val tasks = ConcurrentLinkedQueue<Runnable>()

    // A tree, not a heap: cancelling a 40-second timer must not keep its exchange in memory for 40 seconds.
    private val timers = TreeSet<Timer>()
    private var timerSequence = 0L

    @Volatile
    private var stopping = false

    /** Whether new tasks are rejected. Guarded by [tasks]. */
    private var ended = false
    private val thread = Thread(::run, name).apply { isDaemon = true }

    fun start(): Unit = thread.start()

    val inLoop: Boolean get() = Thread.currentThread() === thread

    /** Runs [task] on the loop, later. */
    fun execute(task: Runnable) {
        submit(task)
    }

    /** Runs [task] on the loop and waits until it ends. Runs it directly when called on the loop. */
    fun runAndWait(task: Runnable) {
        if (inLoop) return task.run()
        val done = CompletableFuture<Unit>()
        val submitted =
            submit {
                try {
                    task.run()
                    done.complete(Unit)
                } finally {
                    done.completeExceptionally(IllegalStateException("the task failed on the server's thread"))
                }
            }
        if (!submitted) return task.run()
        try {
            done.get()
        } catch (e: ExecutionException) {
            throw e.cause ?: e
        }
    }

    private fun submit(task: Runnable): Boolean {
        synchronized(tasks) {
            if (ended) return false
            tasks.add(task)
        }
        if (!inLoop) selector.wakeup()
        return true
    }

    /** Runs [task] after [delayNanos]. Call it on the loop only. */
    fun schedule(delayNanos: Long, task: Runnable): Timer {
        val timer = Timer(System.nanoTime() + delayNanos, timerSequence++, task)
        timers.add(timer)
        return timer
    }

    /** Call it on the loop only. */
    fun cancel(timer: Timer) {
        timers.remove(timer)
    }

    /** Call it on the loop, or before [start]. */
    fun register(channel: SelectableChannel, operations: Int, ready: Ready): SelectionKey =
        channel.register(selector, operations, ready)

    /**
     * Stops the thread and waits for it. When called on the loop, it only requests the stop. The caller closes the
     * channels.
     */
    override fun close() {
        stopping = true
        selector.wakeup()
        if (!inLoop) thread.join()
    }

    private fun run() {
        try {
            while (!stopping) {
                select()
                runTasks()
                runTimers()
            }
        } catch (e: IOException) {
            log.error("The fake server's selector failed: the server stops", e)
        } finally {
            // Run the tasks submitted before the stop, so that no caller waits forever.
            synchronized(tasks) { ended = true }
            runTasks()
            selector.close()
        }
    }

    private fun select() {
        val wait = timeoutMillis()
        val dispatch = { key: SelectionKey ->
            if (key.isValid) guarded { (key.attachment() as Ready).ready(key) }
        }
        if (wait == 0L) selector.selectNow(dispatch) else selector.select(dispatch, if (wait < 0) 0 else wait)
    }

    private fun timeoutMillis(): Long {
        if (tasks.isNotEmpty()) return 0
        if (timers.isEmpty()) return -1
        val nanos = timers.first().due - System.nanoTime()
        // Rounded up: a timer may be up to a millisecond late, but never early.
        return if (nanos <= 0) 0 else (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI
    }

    private fun runTasks() {
        // Only the tasks queued now: a task that submits itself again must not starve the sockets.
        repeat(tasks.size) { tasks.poll()?.let { task -> guarded { task.run() } } }
    }

    private fun runTimers() {
        val now = System.nanoTime()
        while (timers.isNotEmpty() && timers.first().due - now <= 0) {
            val timer = timers.pollFirst() ?: return
            guarded { timer.task.run() }
        }
    }

    // A failing connection or script must not stop the server. The failure is logged.
    @Suppress("TooGenericExceptionCaught")
    private inline fun guarded(task: () -> Unit) {
        try {
            task()
        } catch (e: RuntimeException) {
            log.error("A task of the fake server failed", e)
        }
    }

    private companion object {
        private val log = LoggerFactory.getLogger("dev.muster.fake.FakeServer")
        private const val NANOS_PER_MILLI = 1_000_000L
    }
}
