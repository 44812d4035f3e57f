package dev.muster.test.internal

/** Values that no file may hold, by the names they are sent under. */
private val SECRET_NAME = Regex("auth|key|token|secret|cookie|organi[sz]ation|project|account|session|password")

/** What is told of an exchange: nothing by name but what is known to be harmless, and no secret in any text. */
internal class Redaction(private val kept: Set<String>, secrets: List<String>) {
    private val secrets = secrets.filter { it.isNotBlank() }

    /** With what is secret in a request that has [headers] and [query]. */
    fun with(headers: Map<String, List<String>>, query: String?): Redaction {
        val ofHeaders = headers.filterKeys { isSecret(it) }.values.flatten().map { it.substringAfterLast(' ') }
        val ofQuery = parameters(query).filter { isSecret(it.first) }.map { it.second }
        // A key that is shorter is no key, and might stand in any text.
        return Redaction(kept, secrets + (ofHeaders + ofQuery).filter { it.length >= SHORTEST })
    }

    fun headers(headers: Map<String, List<String>>): Map<String, String> = headers
        .mapKeys { it.key.lowercase() }
        .filterKeys { it in HEADERS || it in kept || LIMITS.any { prefix -> it.startsWith(prefix) } }
        .toSortedMap()
        .mapValues { text(it.value.joinToString(", ")) }

    fun query(query: String?): String? = query?.let {
        parameters(it).joinToString("&") { (name, value) ->
            "$name=${if (name.lowercase() in PARAMETERS || name.lowercase() in kept) text(value) else HIDDEN}"
        }
    }

    fun text(text: String): String = secrets.fold(text) { now, secret -> now.replace(secret, HIDDEN) }

    /** The pieces of a stream; a secret that goes over the end of one is found as well, and the pieces become one. */
    fun pieces(pieces: List<String>): List<String> {
        val whole = pieces.joinToString("")
        return if (secrets.none { it in whole }) pieces else listOf(text(whole))
    }

    private fun isSecret(name: String) = SECRET_NAME.containsMatchIn(name.lowercase())

    private fun parameters(query: String?): List<Pair<String, String>> =
        query?.split('&').orEmpty().map { it.substringBefore('=') to it.substringAfter('=', "") }

    private companion object {
        const val HIDDEN = "***"
        const val SHORTEST = 8
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
