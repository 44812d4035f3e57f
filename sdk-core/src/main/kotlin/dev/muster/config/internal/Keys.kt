package dev.muster.config.internal

import dev.muster.network.HttpVersion
import dev.muster.network.NetworkSettings
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import java.net.InetSocketAddress
import java.net.URI
import java.net.URISyntaxException
import java.time.Duration
import java.time.format.DateTimeParseException

/** The kinds of values. */
internal enum class Kind(private val wanted: String, val isSecret: Boolean = false) {
    TEXT("is empty"),
    SECRET("is empty", isSecret = true),
    MODEL("is not a model id: write provider::model"),
    URL("is not a valid URL: write https://host/path", isSecret = true),
    LIMIT("is not a positive duration: write 300ms, 30s, 2m, PT30S, or none"),
    WAIT("is not a valid duration: write 300ms, 30s, 2m or PT30S"),
    SPAN("is not a positive duration: write 300ms, 30s, 2m or PT30S"),
    COUNT("is not a valid count: write a whole number, 0 or greater"),
    POSITIVE("is not a valid count: write a whole number, 1 or greater"),
    VERSION("is not a supported HTTP version: write 1.1 or 2"),
    PROXY("is not a valid proxy: write host:port, system or none", isSecret = true),
    ;

    /** Fails if the text of [raw] is not of this kind. The message does not repeat a text that may be secret. */
    fun check(key: String, raw: Raw) {
        require(accepts(raw.text.trim())) {
            val shown = if (isSecret) "the value" else "'${raw.text}'"
            "$key: $shown $wanted (${raw.origin})"
        }
    }

    private fun accepts(text: String): Boolean = when (this) {
        TEXT, SECRET -> text.isNotEmpty()
        MODEL -> ':' in text || '/' in text
        URL -> url(text) != null
        LIMIT -> isLimit(text)
        WAIT -> duration(text)?.isNegative == false
        SPAN -> text != NONE && isLimit(text)
        COUNT -> isCount(text, 0)
        POSITIVE -> isCount(text, 1)
        VERSION -> text in VERSIONS
        PROXY -> isProxy(text)
    }

    /** Returns [text] for display, without secrets. */
    fun shown(text: String): String = when (this) {
        SECRET -> SET
        URL -> url(text)?.let { URI(it.scheme, null, it.host, it.port, it.path, null, null).toString() } ?: SET
        else -> text
    }

    companion object {
        const val NONE = "none"
        const val SYSTEM = "system"
        const val SET = "set"
        const val UNSET = "unset"
        private const val LAST_PORT = 65_535
        private val VERSIONS = mapOf("1.1" to HttpVersion.HTTP_1_1, "2" to HttpVersion.HTTP_2)

        // An IPv6 address must be in brackets.
        private val HOST_AND_PORT = Regex("""(?:\[([0-9a-fA-F:.]+(?:%\w+)?)]|([^\s:@/\[\]]+)):(\d{1,5})""")
        private val SHORT = Regex("""(\d{1,12})\s*(ms|s|m|h)""")

        /** Reads `1.1` and `2`. */
        fun version(text: String): HttpVersion = VERSIONS.getValue(text)

        /** Writes [version] as [Kind.version] reads it. */
        fun written(version: HttpVersion): String = VERSIONS.entries.first { it.value == version }.key

        /** Writes [duration] as [Kind.duration] reads it; null is [NONE]. */
        fun written(duration: Duration?): String = when {
            duration == null -> NONE
            duration.toMillisPart() != 0 -> "${duration.toMillis()}ms"
            duration.toMinutes() > 1 && duration.toSecondsPart() == 0 -> "${duration.toMinutes()}m"
            else -> "${duration.toSeconds()}s"
        }

        /** Reads `300ms`, `30s`, `2m`, `1h` and ISO-8601 durations; returns null for anything else. */
        fun duration(text: String): Duration? {
            val (amount, unit) = SHORT.matchEntire(text)?.destructured ?: return iso(text)
            return when (unit) {
                "ms" -> Duration.ofMillis(amount.toLong())
                "s" -> Duration.ofSeconds(amount.toLong())
                "m" -> Duration.ofMinutes(amount.toLong())
                else -> Duration.ofHours(amount.toLong())
            }
        }

        private fun iso(text: String): Duration? = try {
            Duration.parse(text)
        } catch (_: DateTimeParseException) {
            null
        }

        private fun url(text: String): URI? = try {
            URI(text).takeIf { it.host != null && (it.scheme == "http" || it.scheme == "https") }
        } catch (_: URISyntaxException) {
            null
        }

        private fun isLimit(text: String) = text == NONE || duration(text).let { it != null && it > Duration.ZERO }

        private fun isCount(text: String, least: Int) = text.toIntOrNull().let { it != null && it >= least }

        private fun isProxy(text: String) = text == NONE || text == SYSTEM || hostAndPort(text) != null

        /** Reads `host:port` and `[::1]:port`; returns null for anything else. Does not resolve the host. */
        fun hostAndPort(text: String): InetSocketAddress? {
            val (address, name, port) = HOST_AND_PORT.matchEntire(text)?.destructured ?: return null
            if (port.toInt() > LAST_PORT) return null
            return InetSocketAddress.createUnresolved(address.ifEmpty { name }, port.toInt())
        }
    }
}

/** The names of all settings. */
internal object Keys {
    /** The prefix of the environment variables of settings. */
    const val PREFIX = "MUSTER_"

    /** The variable that names the file. */
    const val FILE_VARIABLE = "MUSTER_CONFIG"

    const val DEFAULT_MODEL = "default-model"
    const val PROXY = "http.proxy"
    const val PROVIDERS = "providers."
    const val LIMITS = "limits."
    const val API_KEY = "api-key"
    const val BASE_URL = "base-url"
    const val COMPATIBLE_WITH = "compatible-with"
    const val HEADERS = "headers."

    private val network = NetworkSettings.DEFAULT

    /** The settings without an id in their key, with their defaults as text; null if there is no default. */
    val SINGLE: Map<String, Pair<Kind, String?>> =
        linkedMapOf(
            DEFAULT_MODEL to (Kind.MODEL to null),
            "timeouts.total" to (Kind.LIMIT to Kind.written(Timeouts.DEFAULT.total)),
            "timeouts.attempt" to (Kind.LIMIT to Kind.written(Timeouts.DEFAULT.attempt)),
            "timeouts.connect" to (Kind.SPAN to Kind.written(network.connectTimeout)),
            "timeouts.first-token" to (Kind.LIMIT to Kind.written(Timeouts.DEFAULT.firstToken)),
            "timeouts.between-tokens" to (Kind.LIMIT to Kind.written(Timeouts.DEFAULT.betweenTokens)),
            "retries.max" to (Kind.COUNT to RetryPolicy.DEFAULT.maxRetries.toString()),
            "retries.first-backoff" to (Kind.WAIT to Kind.written(RetryPolicy.DEFAULT.firstBackoff)),
            "retries.max-backoff" to (Kind.WAIT to Kind.written(RetryPolicy.DEFAULT.maxBackoff)),
            "retries.max-retry-after" to (Kind.WAIT to Kind.written(RetryPolicy.DEFAULT.maxRetryAfter)),
            "http.version" to (Kind.VERSION to Kind.written(network.httpVersion)),
            PROXY to (Kind.PROXY to if (network.systemProxy) Kind.SYSTEM else Kind.NONE),
            "http.no-proxy" to (Kind.TEXT to null),
            "http.proxy-user" to (Kind.SECRET to null),
            "http.proxy-password" to (Kind.SECRET to null),
        )

    val OF_LIMITS = listOf("concurrency", "requests-per-minute", "tokens-per-minute")

    /** Returns the kind of value that [key] takes, or null if there is no such setting. */
    fun kindOf(key: String): Kind? = SINGLE[key]?.first ?: when {
        key.startsWith(PROVIDERS) -> kindOfProvider(key.removePrefix(PROVIDERS).substringAfter('.', ""))

        key.startsWith(LIMITS) && idOfLimit(key).isNotBlank() && key.substringAfterLast('.') in OF_LIMITS ->
            Kind.POSITIVE

        else -> null
    }

    private fun kindOfProvider(name: String): Kind? = when {
        name == API_KEY -> Kind.SECRET
        name == BASE_URL -> Kind.URL
        name == COMPATIBLE_WITH -> Kind.TEXT
        name.startsWith(HEADERS) && name.length > HEADERS.length -> Kind.SECRET
        else -> null
    }

    /** Returns the provider's id in [key]. */
    fun idOfProvider(key: String): String = key.removePrefix(PROVIDERS).substringBefore('.')

    /** Returns the id in [key], the key of a limit. A model's name may contain dots. */
    fun idOfLimit(key: String): String = key.removePrefix(LIMITS).substringBeforeLast('.', "")

    /** Returns the environment variable for [key], for keys without a variable of the provider. */
    fun variable(key: String): String =
        PREFIX + key.uppercase().map { if (it.isLetterOrDigit()) it else '_' }.joinToString("")
}
