package dev.muster.resilience.internal

import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import org.slf4j.LoggerFactory
import java.time.Duration

/**
 * Logs what one call does at DEBUG: attempts, waits, retries. The number distinguishes calls that run at the same time.
 * Failures are logged with their messages, which contain no key and no prompt.
 */
internal class CallLog private constructor(private val number: Long, private val name: String) {
    /** Logs the start of attempt number [attempt]. */
    fun attempt(attempt: Int): Unit = tell("attempt $attempt starts")

    /** Logs that an attempt has passed [limiter]. */
    fun admitted(limiter: String, waited: Duration): Unit = tell("admitted by $limiter after ${waited.toMillis()} ms")

    /** Logs the failure of attempt number [attempt]. */
    fun failed(attempt: Int, failure: LlmException): Unit =
        tell("attempt $attempt failed: ${failure.javaClass.simpleName}: ${failure.message}")

    /** Logs that the next attempt follows after [wait]. */
    fun retry(next: Int, wait: Duration): Unit = tell("attempt $next follows in ${wait.toMillis()} ms")

    /** Logs the end of the call. */
    fun ended(how: String, attempts: Int): Unit = tell("$how, attempts: $attempts")

    private fun tell(what: String) = LOG.debug("call {} {}: {}", number, name, what)

    companion object {
        private val LOG = LoggerFactory.getLogger("dev.muster.call")

        /** Returns the log of the call [number] on [context], or null if DEBUG is off. */
        fun of(number: Long, context: ErrorContext): CallLog? {
            if (!LOG.isDebugEnabled) return null
            val provider = context.provider ?: return CallLog(number, "retry")
            return CallLog(number, "$provider::${context.model}")
        }
    }
}
