package dev.muster.resilience.internal

import dev.muster.error.Arrived
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import java.time.Duration

/**
 * What one call may do and how far it has come, for its retries, the failure that ends it and the log. Used by one
 * coroutine.
 *
 * @param context who is asked; [ErrorContext.NONE] where it is not one call
 */
internal open class CallState(private val context: ErrorContext) {
    /** The number of the attempt that runs or has run last, from 1; 0 before the first. */
    var attempt = 0
        private set

    /** Says what the call is waiting for; null while an attempt runs. */
    var waiting: (() -> String)? = null

    /** The failures of the attempts before. */
    val earlier = ArrayList<LlmException>(0)

    /** Tells of this call; null where nobody listens. */
    val log: CallLog? = CallLog.ofNewCall(context)

    /** How long the call may still take; null without end. */
    open fun timeLeft(): Duration? = null

    /** What has been handed on already, so that no other attempt may be made; null where one may. */
    open fun begun(): String? = null

    /** Whether [failure] is not the attempt's own: it is thrown as it is. */
    open fun isForeign(failure: LlmException): Boolean = false

    /** What the limit of time that has cancelled the call is told. */
    open fun arrived(): Arrived = Arrived(told(), doing(), earlier, null, null)

    /** Another attempt begins; returns its number. */
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

    /** What the call is doing, and why it is not done. */
    fun doing(): String {
        val now = waiting?.invoke() ?: "attempt $attempt was running"
        val failure = earlier.lastOrNull() ?: return now
        return "$now; attempt ${earlier.size} failed: ${failure.message}"
    }

    /** Who was asked, and how often. */
    protected fun told(): ErrorContext = if (context === ErrorContext.NONE) {
        context
    } else {
        context.toBuilder().attempts(attempt).build()
    }
}
