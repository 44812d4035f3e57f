package dev.muster.resilience.internal

import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import org.slf4j.LoggerFactory
import java.time.Duration

/**
 * Logs at DEBUG what one call does: attempts, waits, retries. The number tells apart calls that run at the same time.
 * The messages of failures are logged as they are: they contain no key and no prompt.
 */
internal class CallLog private constructor(private val number: Long, private val name: String) {
    /** Attempt number [attempt] starts. */
    fun attempt(attempt: Int): Unit = tell("attempt $attempt starts")

    /** An attempt has passed [limiter]. */
    fun admitted(limiter: String, waited: Duration): Unit = tell("admitted by $limiter after ${waited.toMillis()} ms")

    /** Attempt number [attempt] has failed. */
    fun failed(attempt: Int, failure: LlmException): Unit =
        tell("attempt $attempt failed: ${failure.javaClass.simpleName}: ${failure.message}")

    /** The next attempt is made after [wait]. */
    fun retry(next: Int, wait: Duration): Unit = tell("attempt $next follows in ${wait.toMillis()} ms")

    /** The call has ended. */
    fun ended(how: String, attempts: Int): Unit = tell("$how, attempts: $attempts")

    private fun tell(what: String) = LOG.debug("call {} {}: {}", number, name, what)

    companion object {
        private val LOG = LoggerFactory.getLogger("dev.muster.call")

        /** For the call [number] on [context]; null if DEBUG is off. */
        fun of(number: Long, context: ErrorContext): CallLog? {
            if (!LOG.isDebugEnabled) return null
            val provider = context.provider ?: return CallLog(number, "retry")
            return CallLog(number, "$provider::${context.model}")
        }
    }
}
