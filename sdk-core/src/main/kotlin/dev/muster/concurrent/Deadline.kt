@file:JvmName("DeadlineKt")

package dev.muster.concurrent

import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/**
 * [deadline] with a Kotlin duration; an infinite one never passes.
 *
 * ```kotlin
 * val answer = deadline(5.seconds) { model.ask("Name a prime.") }
 * println(answer)
 * ```
 */
public suspend fun <T> deadline(duration: Duration, block: suspend () -> T): T = withinLimit(
    duration,
    { LlmTimeoutException("Timed out after $duration", TimeoutKind.DEADLINE, duration.toJavaDuration()) },
    block,
)

/**
 * Runs [block] and cancels it where it has not ended after [duration]. Whatever it had started has finished when this
 * function throws. What is not positive has passed already: [block] does not run.
 *
 * Of nested deadlines the one that has passed throws. A kotlinx `withTimeout` around this function keeps its own
 * exception, as does cancellation from outside. What [block] throws goes through as the very instance; what it throws
 * while it is being cancelled is attached to the timeout as suppressed. Where one stream of a model was cancelled by it
 * the timeout has the text and the usage so far; with several it has neither.
 *
 * @throws LlmTimeoutException of kind [TimeoutKind.DEADLINE], never a bare `TimeoutCancellationException`, which would
 *   look like a cancellation to all around it
 */
public suspend fun <T> deadline(duration: JavaDuration, block: suspend () -> T): T =
    deadline(duration.toKotlinDuration(), block)
