package dev.muster.http.internal

import java.net.ProtocolException

/** What came in place of an HTTP answer. */
internal class ForeignAnswer private constructor(
    /** What is wrong with it, after the peer's name. */
    val why: String,
    /** The words of it that are known; a peer's own, not cleaned. */
    val quoted: String?,
) {
    companion object {
        /**
         * Reads [causes], the chain of a failed exchange; null where the connection merely broke. The JDK has one class
         * for both, so that its words decide: they are the same on JDK 17 and 25.
         */
        fun of(causes: List<Throwable>): ForeignAnswer? = causes.firstNotNullOfOrNull(::of)

        private fun of(failure: Throwable): ForeignAnswer? {
            val words = failure.message.orEmpty()
            // It ended before the end of its first line: an answer that broke off, unless it had begun as no HTTP does.
            STATUS_LINE.find(words)?.let { return beginning(it.groupValues[1]) }
            INVALID_STATUS_LINE.find(words)?.let { return speaks(it.groupValues[1]) }
            val isForeign = failure is ProtocolException || CHUNK.any { words.startsWith(it) }
            return if (isForeign) ForeignAnswer("sent an answer that is not valid HTTP", words) else null
        }

        private fun beginning(start: String): ForeignAnswer? = when {
            start.startsWith(VERSION) || VERSION.startsWith(start) -> null
            start.first() == TLS_ALERT -> ForeignAnswer(TLS, null)
            else -> speaks(start)
        }

        private fun speaks(line: String) = ForeignAnswer("does not speak HTTP", line)

        private const val VERSION = "HTTP/1."
        private const val TLS = "answered with TLS: does its base URL begin with https:// ?"
        private const val TLS_ALERT = '\u0015'
        private val STATUS_LINE = Regex("(?s)^parsing HTTP/1\\.1 status line, receiving \\[(.*)], parser state")
        private val INVALID_STATUS_LINE = Regex("(?s)^Invalid status line: \"(.*)\"$")
        private val CHUNK = listOf("Illegal character in chunk size", "invalid chunk header")
    }
}
