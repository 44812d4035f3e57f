@file:JvmName("DeadlineKt")

package dev.muster.concurrent

import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/**
 * [deadline] with a Kotlin duration. An infinite one never passes.
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
 * Runs [block] and cancels it after [duration]. Everything that the block started has finished when this function
 * throws. A zero or negative duration times out immediately; [block] does not run.
 *
 * If deadlines are nested, the one that has passed throws. A kotlinx `withTimeout` around this function keeps its own
 * exception, and so does a cancellation from outside. An exception of [block] is thrown as the same instance. An
 * exception that it throws while it is being cancelled is added to the timeout as a suppressed exception.
 *
 * The exception reports the progress of the cancelled calls. If one stream of a model was cancelled, it also has the
 * text and the usage so far; if several were cancelled, it has neither.
 *
 * @throws LlmTimeoutException of kind [TimeoutKind.DEADLINE], never a bare `TimeoutCancellationException`, which would
 *   look like a cancellation to the code around it
 */
public suspend fun <T> deadline(duration: JavaDuration, block: suspend () -> T): T =
    deadline(duration.toKotlinDuration(), block)
