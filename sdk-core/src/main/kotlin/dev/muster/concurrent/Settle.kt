package dev.muster.concurrent

import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import java.util.concurrent.Callable
import java.util.concurrent.CancellationException

/**
 * Runs [block] and returns its value or exception. This is the only place that catches every exception of a suspending
 * call.
 *
 * If the coroutine that runs [block] is cancelled, its [CancellationException] is thrown. A [CancellationException]
 * thrown while that coroutine is still active (an awaited future was cancelled, an inner `withTimeout` expired) is a
 * failure of the block. An [Error] is thrown.
 */
@Suppress("TooGenericExceptionCaught")
internal suspend inline fun <T> settle(block: () -> T): Outcome<T> = try {
    Outcome.Success(block())
} catch (e: CancellationException) {
    currentCoroutineContext().ensureActive()
    Outcome.Failure(e)
} catch (e: Exception) {
    Outcome.Failure(e)
}

/**
 * Runs blocking code on a thread that does not belong to the caller. Catches everything, including [Error]s, so that
 * the caller gets it and not the thread.
 */
@Suppress("TooGenericExceptionCaught")
internal fun <T> capture(block: Callable<T>): Outcome<T> = try {
    Outcome.Success(block.call())
} catch (e: Throwable) {
    Outcome.Failure(e)
}

/**
 * Runs [action] for every element, even if it throws for some. Use it for resources that must be released in any case.
 * The first exception is thrown at the end, with the others as suppressed exceptions.
 */
internal fun <T> Iterable<T>.forEachSurely(action: (T) -> Unit) {
    val failures = mapNotNull { capture { action(it) }.exceptionOrNull() }
    val first = failures.firstOrNull() ?: return
    failures.forEach { if (it !== first) first.addSuppressed(it) }
    throw first
}
