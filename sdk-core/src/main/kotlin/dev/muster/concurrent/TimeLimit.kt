package dev.muster.concurrent

import dev.muster.error.Arrived
import dev.muster.error.LlmTimeoutException
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withTimeoutOrNull
import java.util.concurrent.CancellationException
import kotlin.time.Duration

/**
 * Runs [block] within [limit]. A limit that is passed cancels the block, waits for its end and throws [timeout],
 * whatever that end is: a value is late, and an exception is suppressed in it. It says how far the calls in the block
 * had come.
 *
 * What the block throws otherwise passes, the very instance, also where the caller is cancelled: who has cancelled it
 * may want to know. A `withTimeout` that somebody else has set passes unchanged.
 */
internal suspend fun <T> withinLimit(limit: Duration, timeout: () -> LlmTimeoutException, block: suspend () -> T): T {
    var ending: Outcome<T>? = null
    var reason: CancellationException? = null
    try {
        val inTime =
            withTimeoutOrNull(limit) {
                noting({ reason = it }) {
                    settle { block() }.also {
                        ending = it
                        // What has not waited yet, kotlinx.coroutines hands back also where the limit has passed.
                        ensureActive()
                    }
                }
            }
        if (inTime != null) return inTime.getOrThrow()
    } catch (e: CancellationException) {
        throw ending?.exceptionOrNull() ?: e
    }
    throw timeout().also { thrown ->
        ending?.exceptionOrNull()?.let(thrown::addSuppressed)
        reason?.let { Arrived.tell(it, thrown) }
    }
}

/** Runs [block] and tells [note] of what cancels it. */
private inline fun <T> noting(note: (CancellationException) -> Unit, block: () -> T): T = try {
    block()
} catch (e: CancellationException) {
    note(e)
    throw e
}
