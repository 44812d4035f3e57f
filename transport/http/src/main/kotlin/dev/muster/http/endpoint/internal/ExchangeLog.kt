package dev.muster.http.endpoint.internal

import dev.muster.error.LlmException
import org.slf4j.Logger
import org.slf4j.LoggerFactory

/** Logs one HTTP exchange at DEBUG. */
internal class ExchangeLog private constructor(private val what: String) {
    private val start = System.nanoTime()
    private val millis get() = (System.nanoTime() - start) / NANOS_A_MILLI

    fun answered(status: Int, requestId: String?): Unit =
        LOG.debug("{}: HTTP {} after {} ms, request id {}", what, status, millis, requestId)

    fun failed(failure: LlmException): Unit =
        LOG.debug("{}: no response after {} ms: {}", what, millis, failure.javaClass.simpleName)

    companion object {
        private val LOG: Logger = LoggerFactory.getLogger("dev.muster.http")
        private const val NANOS_A_MILLI = 1_000_000

        /** Returns the log of the exchange named by [what], or null if DEBUG is off. */
        fun of(what: () -> String): ExchangeLog? = if (LOG.isDebugEnabled) ExchangeLog(what()) else null
    }
}
