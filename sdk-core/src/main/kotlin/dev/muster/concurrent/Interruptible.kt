@file:JvmName("InterruptibleKt")

package dev.muster.concurrent

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.ThreadContextElement
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import org.slf4j.LoggerFactory
import java.util.concurrent.Callable
import java.util.concurrent.CompletionStage
import java.util.concurrent.Executor
import kotlin.coroutines.CoroutineContext
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** How long a cancelled operator waits for blocking code to obey the interrupt. */
private val GRACE = 100.milliseconds

/**
 * How much later code that is still running is said to ignore it. On a machine that has too much to do, code that obeys
 * may get no processor within the grace.
 */
private val DOUBT = 1.seconds

/**
 * Runs blocking [block] on a thread of [executor] while the caller is suspended, not blocked.
 *
 * Cancelling the caller interrupts that thread at once, then waits up to 100 ms (of real time, also under a test's
 * virtual clock) for [block] to end, so that it does not outlive its operator. Code that ignores the interrupt is left
 * behind: its result is dropped, and where it still runs a second later a warning with its stack is logged once. A
 * block that is still queued when the caller is cancelled never runs. The interrupt never reaches what the thread does
 * next: its flag is clear when it goes back to the executor. A dropped result that is a `CompletionStage` is cancelled.
 *
 * What [block] throws is thrown here, the very instance. An executor that silently drops tasks (`shutdownNow`) leaves
 * the caller suspended until it is cancelled.
 *
 * ```kotlin
 * val lines = interruptible(pool) { file.readLines() }
 * println(lines.size)
 * ```
 *
 * @throws java.util.concurrent.RejectedExecutionException if the executor refuses the block
 */
public suspend fun <T> interruptible(executor: Executor, block: Callable<T>): T =
    interruptible(executor, GRACE, DOUBT, block)

internal suspend fun <T> interruptible(executor: Executor, grace: Duration, doubt: Duration, block: Callable<T>): T {
    val task = BlockingTask(currentCoroutineContext().around(block))
    try {
        return task.runOn(executor).getOrThrow()
    } finally {
        if (!currentCoroutineContext().isActive) withContext(NonCancellable) { task.abandon(grace, doubt) }
    }
}

/** What a context sets on the threads of blocking code, too, that [interruptible] runs for its coroutine. */
internal interface BlockingContextElement<S> : ThreadContextElement<S>

private fun <T> CoroutineContext.around(block: Callable<T>): Callable<T> = fold(block) { inner, element ->
    if (element is BlockingContextElement<*>) set(element, inner) else inner
}

private fun <S, T> CoroutineContext.set(element: BlockingContextElement<S>, block: Callable<T>) = Callable {
    val before = element.updateThreadContext(this)
    try {
        block.call()
    } finally {
        element.restoreThreadContext(this, before)
    }
}

private class BlockingTask<T>(private val block: Callable<T>) : Runnable {
    private val lock = Any()
    private val ended = Job()
    private var thread: Thread? = null
    private var cancelled = false
    private var onEnd: ((Outcome<T>) -> Unit)? = null

    suspend fun runOn(executor: Executor): Outcome<T> = suspendCancellableCoroutine { caller ->
        onEnd = { outcome -> caller.resumeOr(outcome) { drop(it) } }
        caller.invokeOnCancellation { interrupt() }
        executor.execute(this)
    }

    override fun run() {
        val begun = synchronized(lock) {
            if (!cancelled) thread = Thread.currentThread()
            !cancelled
        }
        if (!begun) return
        val outcome = capture(block)
        synchronized(lock) {
            thread = null
            if (cancelled) Thread.interrupted()
        }
        ended.complete()
        onEnd?.invoke(outcome)
    }

    /** Nobody gets what has come too late: where that still runs it would run, and be billed, for nobody. */
    private fun drop(late: Outcome<T>) {
        ((late as? Outcome.Success)?.value as? CompletionStage<*>)?.cancelAsFarAsItCan()
    }

    private fun interrupt() {
        synchronized(lock) {
            cancelled = true
            // Under the lock, so that it cannot hit what the thread does after the block.
            thread?.interrupt()
        }
    }

    /** Waits for a cancelled block, but not for ever. The caller must not be cancellable. */
    suspend fun abandon(grace: Duration, doubt: Duration) {
        interrupt()
        val running = synchronized(lock) { thread } ?: return
        // Unconfined: real time and no wait for a free thread, whatever dispatcher the caller is on.
        val obeyed = withContext(Dispatchers.Unconfined) { withTimeoutOrNull(grace) { ended.join() } }
        if (obeyed == null) leftBehind.launch { if (withTimeoutOrNull(doubt) { ended.join() } == null) warn(running) }
    }

    private fun warn(running: Thread) {
        val where = IgnoredInterrupt(running)
        if (synchronized(lock) { thread } == null) return
        log.warn(
            "Blocking code on thread {} ignores its interrupt: it was cancelled, it still runs, its result is dropped",
            running.name,
            where,
        )
    }
}

/** Cancels a stage that nobody waits for any more. Not every kind of stage can be. */
internal fun CompletionStage<*>.cancelAsFarAsItCan() {
    try {
        toCompletableFuture().cancel(true)
    } catch (e: UnsupportedOperationException) {
        log.debug("A stage that nobody waits for cannot be cancelled", e)
    }
}

/** Carries the stack of another thread into the log. */
private class IgnoredInterrupt(thread: Thread) : Exception("The stack of ${thread.name}") {
    init {
        stackTrace = thread.stackTrace
    }
}

/** Waits for blocks that nobody else waits for any more. */
private val leftBehind = CoroutineScope(SupervisorJob() + Dispatchers.Default)

private val log = LoggerFactory.getLogger("dev.muster.concurrent")
