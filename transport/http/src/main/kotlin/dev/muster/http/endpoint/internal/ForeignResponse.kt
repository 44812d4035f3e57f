package dev.muster.http.endpoint.internal

import java.net.ProtocolException

/** A response that is not valid HTTP. */
internal class ForeignResponse private constructor(
    /** What is wrong, to be appended to the peer's name. */
    val why: String,
    /** The part of it that is known, or null. Sent by the peer and not redacted. */
    val quoted: String?,
) {
    companion object {
        /**
         * Reads [causes], the cause chain of a failed exchange. Returns null if the connection only broke. The JDK
         * uses one exception class for both, so the message decides: it is the same on JDK 17 and 25.
         */
        fun of(causes: List<Throwable>): ForeignResponse? = causes.firstNotNullOfOrNull(::of)

        private fun of(failure: Throwable): ForeignResponse? {
            val words = failure.message.orEmpty()
            // The connection ended within the first line: the response was cut off, unless it started in a way that
            // no HTTP response does.
            STATUS_LINE.find(words)?.let { return beginning(it.groupValues[1]) }
            INVALID_STATUS_LINE.find(words)?.let { return speaks(it.groupValues[1]) }
            val isForeign = failure is ProtocolException || CHUNK.any { words.startsWith(it) }
            return if (isForeign) ForeignResponse("sent a response that is not valid HTTP", words) else null
        }

        private fun beginning(start: String): ForeignResponse? = when {
            start.startsWith(VERSION) || VERSION.startsWith(start) -> null
            start.first() == TLS_ALERT -> ForeignResponse(TLS, null)
            else -> speaks(start)
        }

        private fun speaks(line: String) = ForeignResponse("does not speak HTTP", line)

        private const val VERSION = "HTTP/1."
        private const val TLS = "responded with TLS: should the base URL start with https://?"
        private const val TLS_ALERT = '\u0015'
        private val STATUS_LINE = Regex("(?s)^parsing HTTP/1\\.1 status line, receiving \\[(.*)], parser state")
        private val INVALID_STATUS_LINE = Regex("(?s)^Invalid status line: \"(.*)\"$")
        private val CHUNK = listOf("Illegal character in chunk size", "invalid chunk header")
    }
}
