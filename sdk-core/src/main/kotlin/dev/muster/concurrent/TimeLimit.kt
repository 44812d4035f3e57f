package dev.muster.concurrent

import dev.muster.error.Arrivals
import dev.muster.error.LlmTimeoutException
import dev.muster.error.tellOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.job
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import java.util.concurrent.CancellationException
import kotlin.time.Duration

/** Runs [block], which may make any number of calls, as [limited]. The timeout reports the calls' progress. */
internal suspend fun <T> withinLimit(limit: Duration, timeout: () -> LlmTimeoutException, block: suspend () -> T): T {
    val arrivals = Arrivals(currentCoroutineContext()[Arrivals])
    return limited(limit, timeout, { tellOf(arrivals.of(it)) }, arrivals, block)
}

/**
 * Runs [block] within [limit]. If the limit passes, cancels the block, waits for its end and throws the exception of
 * [timeout]. A value that the block returns then is dropped; an exception is suppressed in the timeout.
 *
 * Throws any other exception of the block as the same instance, even if the caller is cancelled. The exception of a
 * `withTimeout` around this function passes unchanged.
 *
 * @param tell completes the timeout; gets the exception that cancelled the block
 * @param arrivals collects the reports of the calls in the block; null for no reports
 */
internal suspend fun <T> limited(
    limit: Duration,
    timeout: () -> LlmTimeoutException,
    tell: LlmTimeoutException.(CancellationException) -> Unit = {},
    arrivals: Arrivals? = null,
    block: suspend () -> T,
): T {
    var ending: Outcome<T>? = null
    var reason: CancellationException? = null
    try {
        val inTime =
            withTimeoutOrNull(limit) {
                noting({ reason = it }) {
                    reportingTo(arrivals) {
                        settle { block() }.also {
                            ending = it
                            // kotlinx.coroutines returns the value of a block that did not suspend, even if it is late.
                            ensureActive()
                        }
                    }
                }
            }
        if (inTime != null) return inTime.getOrThrow()
    } catch (e: CancellationException) {
        throw ending?.exceptionOrNull() ?: e
    }
    throw timeout().also { thrown ->
        ending?.exceptionOrNull()?.let(thrown::addSuppressed)
        reason?.let { thrown.tell(it) }
    }
}

private suspend fun <T> CoroutineScope.reportingTo(arrivals: Arrivals?, block: suspend () -> T): T {
    if (arrivals == null) return block()
    arrivals.job = coroutineContext.job
    return withContext(arrivals) { block() }
}

/** Runs [block] and passes the exception that cancels it to [note]. */
private inline fun <T> noting(note: (CancellationException) -> Unit, block: () -> T): T = try {
    block()
} catch (e: CancellationException) {
    note(e)
    throw e
}
