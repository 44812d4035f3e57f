@file:JvmName("OnceKt")

package dev.muster.concurrent

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.GlobalScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.launch
import kotlin.coroutines.CoroutineContext

/**
 * A call that runs once and is shared by all callers of [get]. Thread-safe.
 *
 * The first caller starts the run. The others wait for it and get the same value or the same exception instance.
 *
 * Cancelling one caller does not affect the others. When the last waiting caller is cancelled, the run is cancelled
 * too and forgotten: the next caller starts a new one.
 *
 * The run has the coroutine context of the caller that started it, except for its job.
 *
 * ```kotlin
 * val joke = Once { model.ask("Tell me a joke.") }
 * val sizes = gather({ joke.get().length }, { joke.get().lines().size })
 * println(sizes)
 * ```
 */
public class Once<T>(private val call: suspend () -> T) {
    private val lock = Any()
    private var run: Run<T>? = null

    private class Run<T>(val job: Job, val ending: CompletableDeferred<Outcome<T>>) {
        var waiting = 0
    }

    /** Returns the value of the run, which is started if necessary. */
    public suspend fun get(): T {
        val context = currentCoroutineContext()
        val joined =
            synchronized(lock) {
                (run ?: start(context).also { run = it }).also { it.waiting++ }
            }
        joined.job.start()
        try {
            return joined.ending.await().getOrThrow()
        } finally {
            leave(joined)
        }
    }

    // The run must outlive the caller that started it: cancelling that caller must not cancel the others. It ends with
    // its last caller.
    @OptIn(DelicateCoroutinesApi::class)
    private fun start(context: CoroutineContext): Run<T> {
        val ending = CompletableDeferred<Outcome<T>>()
        val job =
            GlobalScope.launch(context.minusKey(Job), CoroutineStart.LAZY) { end(ending) }
        // A job cancelled before its start never reaches end().
        job.invokeOnCompletion { failure -> if (failure != null) ending.completeExceptionally(failure) }
        return Run(job, ending)
    }

    /** Even an [Error] goes to the waiting callers, not to the uncaught exception handler. */
    @Suppress("TooGenericExceptionCaught")
    private suspend fun end(ending: CompletableDeferred<Outcome<T>>) {
        try {
            ending.complete(settle { call() })
        } catch (e: Throwable) {
            ending.complete(Outcome.Failure(e))
        }
    }

    private fun leave(left: Run<T>) {
        synchronized(lock) {
            if (--left.waiting > 0 || left.ending.isCompleted) return
            if (run === left) run = null
        }
        left.job.cancel(CancellationException("All callers of the shared call were cancelled"))
    }
}
