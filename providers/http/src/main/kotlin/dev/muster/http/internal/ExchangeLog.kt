package dev.muster.http.internal

import dev.muster.error.LlmException
import org.slf4j.Logger
import org.slf4j.LoggerFactory

/** Tells at DEBUG of one exchange. */
internal class ExchangeLog private constructor(private val what: String) {
    private val start = System.nanoTime()
    private val millis get() = (System.nanoTime() - start) / NANOS_A_MILLI

    fun answered(status: Int, requestId: String?): Unit =
        LOG.debug("{}: HTTP {} after {} ms, request id {}", what, status, millis, requestId)

    fun failed(failure: LlmException): Unit =
        LOG.debug("{}: no answer after {} ms: {}", what, millis, failure.javaClass.simpleName)

    companion object {
        private val LOG: Logger = LoggerFactory.getLogger("dev.muster.http")
        private const val NANOS_A_MILLI = 1_000_000

        /** The log of the exchange that [what] names; null where nobody reads it. */
        fun of(what: () -> String): ExchangeLog? = if (LOG.isDebugEnabled) ExchangeLog(what()) else null
    }
}
