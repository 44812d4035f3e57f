package dev.muster.http.endpoint.internal

import java.io.IOException

/**
 * The secrets of one endpoint: the API key and the values of custom headers that may contain a credential. They are
 * removed from all text that a peer sends before anyone sees it, because servers and gateways do echo requests.
 */
internal class Secrets private constructor(values: Set<String>) {
    // The longest first: one may be a prefix of another.
    private val values = values.filter { it.length >= SHORTEST }.sortedByDescending { it.length }

    /** Returns [text] with all secrets removed. */
    fun hide(text: String): String = values.fold(text) { now, value -> now.replace(value, HIDDEN) }

    /**
     * Returns [failure], or a copy without secrets if one of its messages, or of its causes, contains one: the JDK
     * quotes a status line that it could not parse.
     */
    fun hide(failure: IOException): IOException {
        val shown = generateSequence<Throwable>(failure) { it.cause }.take(MAX_CAUSES).toList()
        if (shown.none { told -> told.message.orEmpty().let { hide(it) != it } }) return failure
        val words = shown.joinToString(", caused by ") { "${it.javaClass.name}: ${hide(it.message.orEmpty())}" }
        return IOException(words).apply { stackTrace = failure.stackTrace }
    }

    override fun toString(): String = "Secrets(${values.size})"

    companion object {
        const val HIDDEN: String = "[hidden]"

        // Shorter values are not secrets, and hiding them would tear words apart.
        private const val SHORTEST = 4
        private const val MAX_CAUSES = 8

        /** No secrets. */
        val NONE = Secrets(emptySet())

        /** Returns the secrets of an endpoint that sends [headers] and has the key [key], plus [others]. */
        fun of(key: String?, headers: Map<String, String>, others: Set<String> = emptySet()): Secrets {
            val opening = headers.filterKeys(::mayOpen).values
            return Secrets(setOfNotNull(key) + opening.flatMap { listOf(it, it.substringAfter(' ').trim()) } + others)
        }

        private fun mayOpen(header: String) = OPENING.any { header.contains(it, ignoreCase = true) }

        private val OPENING = listOf("auth", "key", "token", "secret", "password", "cookie", "credential", "session")
    }
}
