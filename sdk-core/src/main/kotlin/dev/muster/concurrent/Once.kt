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
 * One run of a call, shared by all who ask for it: the first starts it, the others wait for the same ending and get
 * the same value, or the same exception. Thread-safe.
 *
 * One who is cancelled leaves the others alone. When the last one who waits is cancelled the run is cancelled too, and
 * counts as if it had never been: the next who asks starts it anew.
 *
 * The run has the context of the one who started it, but not its life.
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

    /** The value of the one run. */
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

    // It must outlive the one who started it, whose cancel is not the others'. It ends with its last waiter.
    @OptIn(DelicateCoroutinesApi::class)
    private fun start(context: CoroutineContext): Run<T> {
        val ending = CompletableDeferred<Outcome<T>>()
        val job =
            GlobalScope.launch(context.minusKey(Job), CoroutineStart.LAZY) { end(ending) }
        // One that is cancelled before it has begun never comes to its own end.
        job.invokeOnCompletion { failure -> if (failure != null) ending.completeExceptionally(failure) }
        return Run(job, ending)
    }

    /** An [Error] too belongs to those who wait, and not to the uncaught exception handler. */
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
        left.job.cancel(CancellationException("Nobody waits for the call any more"))
    }
}
