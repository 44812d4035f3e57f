package dev.muster.test.internal

import java.net.URLDecoder
import java.net.URLEncoder

/** What is told of an exchange: nothing by name but what is known to be harmless, and no secret in any text. */
internal class Redaction(private val kept: Set<String>, secrets: List<String>) {
    // As it is, and as it stands in a URL. In JSON it is found however it is escaped.
    private val secrets =
        secrets.filter { it.isNotBlank() }.flatMap { setOf(it, URLEncoder.encode(it, Charsets.UTF_8)) }

    /** With what is secret in a request, or an answer, that has [headers] and [query]. */
    fun with(headers: Map<String, List<String>>, query: String?): Redaction {
        val ofHeaders = headers.filterKeys { isSecret(it) }.flatMap { (name, values) ->
            values.flatMap { Credentials.of(name.lowercase(), it) }
        }
        val ofQuery = parameters(query).filter { isSecret(it.first) }.flatMap { (_, raw) -> setOf(raw, decoded(raw)) }
        // A key that is shorter is no key, and might stand in any text.
        return Redaction(kept, secrets + (ofHeaders + ofQuery).filter { it.length >= SHORTEST })
    }

    fun headers(headers: Map<String, List<String>>): Map<String, String> = headers
        .mapKeys { it.key.lowercase() }
        .filterKeys(::isHarmless)
        .toSortedMap()
        .mapValues { text(it.value.joinToString(", ")) }

    fun query(query: String?): String? = query?.let {
        parameters(it).joinToString("&") { (name, value) ->
            "${text(name)}=${if (name.lowercase() in PARAMETERS || name.lowercase() in kept) text(value) else HIDDEN}"
        }
    }

    /** A text, or a body of JSON. */
    fun text(text: String): String = texts(listOf(text)).single()

    /** The parts of a stream, also where a secret goes over the end of one. */
    fun texts(parts: List<String>): List<String> = SecretSearch(secrets).hide(parts, HIDDEN)

    private fun isHarmless(name: String) = name in HEADERS || name in kept || LIMITS.any { name.startsWith(it) }

    private fun isSecret(name: String): Boolean {
        val lower = name.lowercase()
        return SECRET_NAME.containsMatchIn(lower) && lower !in CHALLENGES && !isHarmless(lower)
    }

    private fun parameters(query: String?): List<Pair<String, String>> =
        query?.split('&').orEmpty().map { it.substringBefore('=') to it.substringAfter('=', "") }

    private fun decoded(raw: String): String = try {
        URLDecoder.decode(raw, Charsets.UTF_8)
    } catch (_: IllegalArgumentException) {
        raw
    }

    private companion object {
        const val HIDDEN = "***"
        const val SHORTEST = 8

        /** Values that no file may hold, by the names they are sent under. */
        val SECRET_NAME = Regex("auth|key|token|secret|cookie|organi[sz]ation|project|account|session|password")

        // They ask for a secret and hold none.
        val CHALLENGES = setOf("www-authenticate", "proxy-authenticate")
        val LIMITS = listOf("x-ratelimit-", "anthropic-ratelimit-")
        val HEADERS =
            setOf(
                "content-type",
                "accept",
                "anthropic-version",
                "anthropic-beta",
                "openai-beta",
                "retry-after",
                "retry-after-ms",
                "request-id",
                "x-request-id",
            )
        val PARAMETERS = setOf("alt", "api-version", "limit", "after_id", "before_id", "pagesize", "pagetoken")
    }
}

/** What of a header's value is the secret itself. */
private object Credentials {
    private val WORDS = Regex("[\\s,]+")

    fun of(header: String, value: String): List<String> = when (header) {
        "cookie" -> value.split(';').map(::cookie)

        // What follows the first says where the cookie holds.
        "set-cookie" -> listOf(cookie(value.substringBefore(';')))

        // A scheme, its parameters and their values: `Bearer abc==`, `Signature=def`.
        else -> value.split(WORDS).flatMap { setOf(it, it.substringAfter('=', "")) }
    }

    private fun cookie(pair: String) = pair.substringAfter('=').trim().trim('"')
}
