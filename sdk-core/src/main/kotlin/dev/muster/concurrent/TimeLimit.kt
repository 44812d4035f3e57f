package dev.muster.concurrent

import dev.muster.error.LlmTimeoutException
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

/**
 * Runs [block] within [limit]. A limit that is passed cancels the block, waits for its end and throws [timeout], with
 * what the block threw while it was being cancelled as suppressed. A `withTimeout` that somebody else has set passes
 * unchanged, and so does what the block throws in time, the very instance.
 */
internal suspend fun <T> withinLimit(limit: Duration, timeout: () -> LlmTimeoutException, block: suspend () -> T): T {
    var ending: Outcome<T>? = null
    val inTime = withTimeoutOrNull(limit) { settle { block() }.also { ending = it } }
    if (inTime != null) return inTime.getOrThrow()
    throw timeout().also { thrown -> ending?.exceptionOrNull()?.let(thrown::addSuppressed) }
}
