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

/** How long a cancelled operator waits for blocking code to react to the interrupt. */
private val GRACE = 100.milliseconds

/**
 * How long to wait after [GRACE] before the warning. On an overloaded machine, code that does react to the interrupt
 * may get no CPU time within [GRACE].
 */
private val DOUBT = 1.seconds

/**
 * Runs the blocking [block] on a thread of [executor]. The caller is suspended, not blocked.
 *
 * Cancelling the caller interrupts that thread at once and then waits up to 100 ms for [block] to end, so that it does
 * not outlive its operator. These are 100 ms of real time, also under a test's virtual clock.
 *
 * If [block] ignores the interrupt, the caller continues without it and its result is dropped. If it is still running
 * one second later, a warning with its stack is logged once. A block that is still queued when the caller is cancelled
 * never runs. A dropped result that is a `CompletionStage` is cancelled. The thread goes back to the executor with its
 * interrupt flag cleared, so the interrupt cannot affect the thread's next task.
 *
 * An exception of [block] is thrown as the same instance. If the executor silently drops tasks (`shutdownNow`), the
 * caller stays suspended until it is cancelled.
 *
 * ```kotlin
 * val lines = interruptible(pool) { file.readLines() }
 * println(lines.size)
 * ```
 *
 * @throws java.util.concurrent.RejectedExecutionException if the executor rejects the block
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

/** A context element that [interruptible] also sets on the threads of the blocking code it runs. */
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
        try {
            synchronized(lock) {
                thread = null
                if (cancelled) Thread.interrupted()
            }
            ended.complete()
        } finally {
            // Must run whatever happens above: the caller waits for it.
            onEnd?.invoke(outcome)
        }
    }

    /** Cancels a result that came too late. Otherwise its call would continue, and be billed, for nothing. */
    private fun drop(late: Outcome<T>) {
        ((late as? Outcome.Success)?.value as? CompletionStage<*>)?.cancelAsFarAsItCan()
    }

    private fun interrupt() {
        synchronized(lock) {
            cancelled = true
            // Under the lock, so that the interrupt cannot reach the thread's next task.
            thread?.interrupt()
        }
    }

    /** Waits for a cancelled block, for a limited time. The caller must not be cancellable. */
    suspend fun abandon(grace: Duration, doubt: Duration) {
        interrupt()
        val running = synchronized(lock) { thread } ?: return
        // Unconfined: uses real time and needs no free thread, whatever the caller's dispatcher.
        val obeyed = withContext(Dispatchers.Unconfined) { withTimeoutOrNull(grace) { ended.join() } }
        if (obeyed == null) leftBehind.launch { if (withTimeoutOrNull(doubt) { ended.join() } == null) warn(running) }
    }

    private fun warn(running: Thread) {
        val where = IgnoredInterrupt(running)
        if (synchronized(lock) { thread } == null) return
        log.warn(
            "Blocking code on thread {} ignores its interrupt: it was cancelled but is still running, and its " +
                "result will be dropped. Its stack:",
            running.name,
            where,
        )
    }
}

/** Cancels a stage whose result is not needed any more. Some kinds of stages cannot be cancelled. */
@Suppress("TooGenericExceptionCaught") // User code can throw anything here, and the cancellation must continue.
internal fun CompletionStage<*>.cancelAsFarAsItCan() {
    try {
        toCompletableFuture().cancel(true)
    } catch (e: UnsupportedOperationException) {
        log.debug("Could not cancel a CompletionStage whose result is not needed: it does not support cancellation", e)
    } catch (e: Throwable) {
        log.error("Could not cancel a CompletionStage whose result is not needed: it may still be running", e)
    }
}

/** Carries the stack of another thread into the log. */
private class IgnoredInterrupt(thread: Thread) : Exception("Stack of thread ${thread.name}") {
    init {
        stackTrace = thread.stackTrace
    }
}

/** Waits for blocks that their callers left behind. */
private val leftBehind = CoroutineScope(SupervisorJob() + Dispatchers.Default)

private val log = LoggerFactory.getLogger("dev.muster.concurrent")
