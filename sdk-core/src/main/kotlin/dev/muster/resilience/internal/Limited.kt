package dev.muster.resilience.internal

import dev.muster.error.ErrorContext
import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.withTimeoutOrNull
import java.time.Duration
import kotlin.time.toKotlinDuration

private class Done<T>(val value: T)

/**
 * Runs [block] within [limit], or without one where it is null. A limit that is passed cancels the block, waits for its
 * end and throws [LlmTimeoutException]; a `withTimeout` that somebody else has set passes unchanged.
 */
internal suspend fun <T> limited(
    limit: Duration?,
    kind: TimeoutKind,
    context: ErrorContext,
    block: suspend CoroutineScope.() -> T,
): T {
    if (limit == null) return coroutineScope(block)
    val done = withTimeoutOrNull(limit.toKotlinDuration()) { Done(block()) }
    if (done == null) {
        throw LlmTimeoutException("No whole answer within ${limit.toMillis()} ms", kind, limit, context)
    }
    return done.value
}
