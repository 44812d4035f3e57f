package dev.muster.resilience.internal

import dev.muster.error.Arrived
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import java.time.Duration
import java.util.concurrent.atomic.AtomicLong

/**
 * How far a call, or an operation of several calls, has come through its attempts: for its retries, the failure that
 * ends it and the log. Used by one coroutine at a time.
 *
 * @param context the provider and model that are asked; [ErrorContext.NONE] for an operation of several calls
 */
internal open class Attempts(val context: ErrorContext) {
    /** The number of this call in this JVM, for the log. */
    val number: Long = NUMBERS.incrementAndGet()

    /** The number of the attempt that runs or ran last, from 1; 0 before the first. */
    var attempt = 0
        private set

    /** Says what the call is waiting for; null while an attempt runs. */
    var waiting: (() -> String)? = null

    /** The failures of the attempts before this one. */
    val earlier = ArrayList<LlmException>(0)

    /** Writes the log of this call; null if nobody reads it. */
    val log: CallLog? = CallLog.of(number, context)

    /** The time left for the call; null if it has no end. */
    open fun timeLeft(): Duration? = null

    /** Why another attempt must not be made: something has been delivered already. Null if it may. */
    open fun begun(): String? = null

    /** Whether [failure] is not the attempt's own, and must be thrown unchanged. */
    open fun isForeign(failure: LlmException): Boolean = false

    /** What a timeout that cancels the call reports. */
    open fun arrived(): Arrived = Arrived(told(), doing(), earlier, null, null)

    /** Starts another attempt and returns its number. */
    fun begin(): Int {
        waiting = null
        attempt++
        log?.attempt(attempt)
        return attempt
    }

    /** The attempt has failed, and another follows after [wait]. */
    fun backsOff(failure: LlmException, wait: Duration) {
        earlier += failure
        waiting = { "it was waiting ${wait.toMillis()} ms before attempt ${attempt + 1}" }
        log?.retry(attempt + 1, wait)
    }

    /** What the call is doing, and why it has not ended. */
    fun doing(): String {
        val now = waiting?.invoke() ?: "attempt $attempt was running"
        val failure = earlier.lastOrNull() ?: return now
        return "$now; attempt ${earlier.size} failed: ${failure.message}"
    }

    /** [context] with the number of attempts. */
    protected fun told(): ErrorContext = if (context === ErrorContext.NONE) {
        context
    } else {
        context.toBuilder().attempts(attempt).build()
    }

    private companion object {
        val NUMBERS = AtomicLong()
    }
}
