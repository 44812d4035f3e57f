package dev.muster.http.internal

import java.io.IOException

/**
 * What opens one endpoint: the key, and the values of the user's own headers that may be one. Whatever a peer says is
 * searched for them before anybody else sees it, because servers and gateways do repeat what they were sent.
 */
internal class Secrets private constructor(values: Set<String>) {
    // The longest first: one may be the beginning of another.
    private val values = values.filter { it.length >= SHORTEST }.sortedByDescending { it.length }

    /** [text] without any of them. */
    fun hide(text: String): String = values.fold(text) { now, value -> now.replace(value, HIDDEN) }

    /**
     * [failure], or a copy without them where one of its messages, or of those behind it, repeats what a peer has said:
     * the JDK's quote the status line that they could not read.
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

        // Less is no secret, and hiding it would tear words apart.
        private const val SHORTEST = 4
        private const val MAX_CAUSES = 8

        /** Nothing to hide. */
        val NONE = Secrets(emptySet())

        /** Those of an endpoint that sends [headers] and has the key [key], and [others]. */
        fun of(key: String?, headers: Map<String, String>, others: Set<String> = emptySet()): Secrets {
            val opening = headers.filterKeys(::mayOpen).values
            return Secrets(setOfNotNull(key) + opening.flatMap { listOf(it, it.substringAfter(' ').trim()) } + others)
        }

        private fun mayOpen(header: String) = OPENING.any { header.contains(it, ignoreCase = true) }

        private val OPENING = listOf("auth", "key", "token", "secret", "password", "cookie", "credential", "session")
    }
}
