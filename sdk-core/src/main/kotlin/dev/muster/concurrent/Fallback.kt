@file:JvmName("FallbackKt")

package dev.muster.concurrent

import dev.muster.error.AllFailedException
import dev.muster.error.ClientClosedException
import kotlinx.coroutines.TimeoutCancellationException
import java.util.concurrent.CancellationException

/**
 * Runs [calls] one after the other until one succeeds; see the form that takes a list.
 *
 * ```kotlin
 * val answer = fallback({ gpt.ask("Name a prime.") }, { claude.ask("Name a prime.") })
 * println(answer)
 * ```
 *
 * @throws IllegalArgumentException if there are no calls
 */
public suspend fun <T> fallback(vararg calls: suspend () -> T): T = fallback(calls.asList())

/**
 * Runs the first of [calls]; where it fails the second, and so on, and returns the first value there is. A call that is
 * not needed is not started.
 *
 * A call that ends with a [CancellationException] (but for a [TimeoutCancellationException]) or with
 * [ClientClosedException] ends all: that exception is thrown. Cancelling the caller cancels the call that runs.
 *
 * @throws AllFailedException if every call failed, with each failure in the order of the calls
 * @throws IllegalArgumentException if there are no calls
 */
public suspend fun <T> fallback(calls: List<suspend () -> T>): T {
    val candidates = calls.toList()
    require(candidates.isNotEmpty()) { "fallback needs at least one call" }
    val failures = ArrayList<Throwable>(0)
    for (call in candidates) {
        val outcome = settle { call() }
        val failure = outcome.exceptionOrNull() ?: return outcome.getOrThrow()
        if (!isRecoverable(failure)) throw failure
        failures += failure
    }
    throw AllFailedException("All ${candidates.size} calls of the fallback failed", failures)
}

/** Whether [failure] is a call's own, so that another call may stand in for it. */
internal fun isRecoverable(failure: Throwable): Boolean = when (failure) {
    is TimeoutCancellationException -> true
    else -> failure !is CancellationException && failure !is ClientClosedException
}
