package dev.muster.concurrent

import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import java.util.concurrent.Callable
import java.util.concurrent.CancellationException

/**
 * Runs [block] and turns its ending into data. This is the one place where a suspending call's exceptions are caught
 * whatever they are.
 *
 * The cancellation of the coroutine that runs [block] is no ending of the block: it passes. A [CancellationException]
 * thrown while that coroutine is still active (a cancelled future that was awaited, an inner `withTimeout`) is the
 * block's own failure. An [Error] passes.
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
 * Runs blocking code on a thread that is not the caller's and keeps all it may throw, [Error]s too, so that they are
 * thrown to the caller and not to the thread.
 */
@Suppress("TooGenericExceptionCaught")
internal fun <T> capture(block: Callable<T>): Outcome<T> = try {
    Outcome.Success(block.call())
} catch (e: Throwable) {
    Outcome.Failure(e)
}

/**
 * Runs [action] for every element, also where it throws for one. The first exception is thrown at the end, with the
 * others as suppressed: for what has to be closed or given back whatever happens.
 */
internal fun <T> Iterable<T>.forEachSurely(action: (T) -> Unit) {
    val failures = mapNotNull { capture { action(it) }.exceptionOrNull() }
    val first = failures.firstOrNull() ?: return
    failures.forEach { if (it !== first) first.addSuppressed(it) }
    throw first
}
