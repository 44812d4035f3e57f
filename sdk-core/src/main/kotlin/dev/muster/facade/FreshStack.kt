@file:JvmName("FreshStack")

package dev.muster.facade

import dev.muster.annotation.InternalMusterApi
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
 * In a chain of calls each function runs inside another one. A long chain overflows a thread's stack, both when it runs
 * and when a cancellation passes from job to job. So a facade inserts one of these functions after a number of links.
 */

/**
 * Runs [call] on a fresh stack. Its job is not a child of the caller's job, because cancellation would then pass to it
 * on the stack of the canceller. Instead the caller passes cancellation on, on its own stack, and waits until [call]
 * ends, as for a child.
 */
@OptIn(DelicateCoroutinesApi::class, ExperimentalCoroutinesApi::class)
@InternalMusterApi
public suspend fun <T> onFreshStack(call: suspend () -> T): T {
    val running = GlobalScope.async(currentCoroutineContext().minusKey(Job)) { call() }
    try {
        running.join()
    } catch (e: CancellationException) {
        running.cancel(e)
        withContext(NonCancellable) { running.join() }
    }
    // Not await(), which may throw a copy of the exception.
    running.getCompletionExceptionOrNull()?.let { throw it }
    return running.getCompleted()
}

/** Returns the values of the flow that [make] returns. Creates, collects and emits them on a fresh stack. */
@InternalMusterApi
public fun <T> onFreshStack(make: Supplier<Flow<T>>): Flow<T> = flow {
    yield()
    make.get().collect {
        yield()
        emit(it)
    }
}
