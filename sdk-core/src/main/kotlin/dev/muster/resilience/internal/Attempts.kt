package dev.muster.resilience.internal

import dev.muster.error.Arrived
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import java.time.Duration
import java.util.concurrent.atomic.AtomicLong

/**
 * The attempts of a call, or of an operation of several calls: for its retries, its failure and its log. Used by one
 * coroutine at a time.
 *
 * @param context the provider and the model; [ErrorContext.NONE] for an operation of several calls
 */
internal open class Attempts(val context: ErrorContext) {
    /** The number of this call in this JVM, for the log. */
    val number: Long = NUMBERS.incrementAndGet()

    /** The number of the current or latest attempt, from 1; 0 before the first. */
    var attempt = 0
        private set

    /** Describes what the call is waiting for; null while an attempt runs. */
    var waiting: (() -> String)? = null

    /** The failures of the attempts before this one. */
    val earlier = ArrayList<LlmException>(0)

    /** Writes the log of this call; null if DEBUG is off. */
    val log: CallLog? = CallLog.of(number, context)

    /** The time left for the call; null without a timeout. */
    open fun timeLeft(): Duration? = null

    /** Why the call must not be retried: something has been delivered. Null if it may be. */
    open fun begun(): String? = null

    /** Whether [failure] does not come from the attempt, and must be thrown unchanged. */
    open fun isForeign(failure: LlmException): Boolean = false

    /** The progress to report to a timeout that cancels the call. */
    open fun arrived(): Arrived = Arrived(told(), doing(), earlier, null, null)

    /** Starts another attempt and returns its number. */
    fun begin(): Int {
        waiting = null
        attempt++
        log?.attempt(attempt)
        return attempt
    }

    /** Records that the attempt has failed and another follows after [wait]. */
    fun backsOff(failure: LlmException, wait: Duration) {
        earlier += failure
        waiting = { "it was waiting ${wait.toMillis()} ms before attempt ${attempt + 1}" }
        log?.retry(attempt + 1, wait)
    }

    /** Describes what the call is doing and why its last attempt failed. */
    fun doing(): String {
        val now = waiting?.invoke() ?: "attempt $attempt was running"
        val failure = earlier.lastOrNull() ?: return now
        return "$now; attempt ${earlier.size} failed: ${failure.message}"
    }

    /** Returns [context] with the number of attempts. */
    protected fun told(): ErrorContext = if (context === ErrorContext.NONE) {
        context
    } else {
        context.toBuilder().attempts(attempt).build()
    }

    private companion object {
        val NUMBERS = AtomicLong()
    }
}
