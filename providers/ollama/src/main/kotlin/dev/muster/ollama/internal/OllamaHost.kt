package dev.muster.ollama.internal

/**
 * Returns the base URL for a value of `OLLAMA_HOST`, by Ollama's own rules: `host`, `host:port`, `:port` or a URL. The
 * default port is 11434, unless a scheme is given. The address 0.0.0.0, at which a server listens on all interfaces,
 * becomes 127.0.0.1.
 */
internal fun ollamaHost(value: String): String {
    val text = value.trim().trim('"', '\'')
    val scheme = text.substringBefore("://", "http")
    val address = text.substringAfter("://").trimEnd('/')
    val authority = address.substringBefore('/')
    val path = address.removePrefix(authority)
    val hasPort = PORT.containsMatchIn(authority)
    val host =
        authority.replace(PORT, "").let {
            if (it.isEmpty() || it == "0.0.0.0" || it == "[::]") "127.0.0.1" else it
        }
    val port =
        when {
            hasPort -> authority.substringAfterLast(':')
            "://" in text -> null
            else -> DEFAULT_PORT
        }
    return "$scheme://$host" + (port?.let { ":$it" } ?: "") + path
}

private val PORT = Regex(":\\d+$")
private const val DEFAULT_PORT = "11434"
