package dev.muster.test.internal

import java.net.URLDecoder
import java.net.URLEncoder

/** Removes secrets from an exchange: keeps only harmless headers and parameters, and hides known secrets in texts. */
internal class Redaction(private val kept: Set<String>, secrets: List<String>) {
    // Each secret as it is and URL-encoded. The search decodes the escapes of JSON strings.
    private val secrets =
        secrets.filter { it.isNotBlank() }.flatMap { setOf(it, URLEncoder.encode(it, Charsets.UTF_8)) }

    /** Returns a copy that also hides the secrets found in [headers] and [query]. */
    fun with(headers: Map<String, List<String>>, query: String?): Redaction {
        val ofHeaders = headers.filterKeys { isSecret(it) }.flatMap { (name, values) ->
            values.flatMap { Credentials.of(name.lowercase(), it) }
        }
        val ofQuery = parameters(query).filter { isSecret(it.first) }.flatMap { (_, raw) -> setOf(raw, decoded(raw)) }
        // A shorter value is not a key, and could occur in any text.
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

    /** Hides the secrets in [text], which may be JSON. */
    fun text(text: String): String = texts(listOf(text)).single()

    /** Hides the secrets in the parts of a stream, even if a secret is split over several parts. */
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

        /** Names of headers and parameters whose values no file may contain. */
        val SECRET_NAME = Regex("auth|key|token|secret|cookie|organi[sz]ation|project|account|session|password")

        // These ask for a secret and contain none.
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

/** Extracts the secrets from the value of a header. */
private object Credentials {
    private val WORDS = Regex("[\\s,]+")

    fun of(header: String, value: String): List<String> = when (header) {
        "cookie" -> value.split(';').map(::cookie)

        // The attributes after the first pair only say where the cookie applies.
        "set-cookie" -> listOf(cookie(value.substringBefore(';')))

        // A scheme, and parameters with their values: `Bearer abc==`, `Signature=def`.
        else -> value.split(WORDS).flatMap { setOf(it, it.substringAfter('=', "")) }
    }

    private fun cookie(pair: String) = pair.substringAfter('=').trim().trim('"')
}
