@file:JvmName("FallbackKt")

package dev.muster.concurrent

import dev.muster.error.AllFailedException
import dev.muster.error.ClientClosedException
import kotlinx.coroutines.TimeoutCancellationException
import java.util.concurrent.CancellationException

/**
 * Runs [calls] one after another until one succeeds. See the overload that takes a list.
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
 * Runs [calls] one after another and returns the first value. The next call starts only if the one before it failed.
 *
 * If a call ends with [ClientClosedException] or with a [CancellationException] other than
 * [TimeoutCancellationException], that exception is thrown and no further call starts. Cancelling the caller cancels
 * the running call.
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
    throw AllFailedException(
        "All ${candidates.size} calls of the fallback failed: see causes for each failure",
        failures,
    )
}

/** Whether another call may be tried after [failure]. */
internal fun isRecoverable(failure: Throwable): Boolean = when (failure) {
    is TimeoutCancellationException -> true
    else -> failure !is CancellationException && failure !is ClientClosedException
}
