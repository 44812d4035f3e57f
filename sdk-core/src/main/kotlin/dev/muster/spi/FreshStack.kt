@file:JvmName("FreshStack")

package dev.muster.spi

import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.GlobalScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import java.util.concurrent.CancellationException
import java.util.function.Supplier

/*
 * A chain of calls is one function in another, so that a long one does not fit on a thread's stack: neither when it
 * runs nor when a cancellation passes from job to job. A facade puts one of these between, each so many links.
 */

/**
 * Runs [call] from the bottom of a stack. Its job is not a child of the caller's, or a cancellation would pass to it on
 * the canceller's stack: the caller passes it on, on a stack of its own, and waits for the end as for a child's.
 */
@OptIn(DelicateCoroutinesApi::class, ExperimentalCoroutinesApi::class)
public suspend fun <T> onFreshStack(call: suspend () -> T): T {
    val running = GlobalScope.async(currentCoroutineContext().minusKey(Job)) { call() }
    try {
        running.join()
    } catch (e: CancellationException) {
        running.cancel(e)
        withContext(NonCancellable) { running.join() }
    }
    // Not await: that may throw a copy.
    running.getCompletionExceptionOrNull()?.let { throw it }
    return running.getCompleted()
}

/** The values of the flow that [make] gives, which is made, collected and handed on from the bottom of a stack. */
public fun <T> onFreshStack(make: Supplier<Flow<T>>): Flow<T> = flow {
    yield()
    make.get().collect {
        yield()
        emit(it)
    }
}
