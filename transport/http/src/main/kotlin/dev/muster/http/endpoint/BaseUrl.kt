package dev.muster.http.endpoint

import java.net.URI
import java.net.URISyntaxException

/** Parses and normalizes the base URL of a provider's API. */
public object BaseUrl {
    private val PORTS = 1..65_535
    private val LOOPBACK = Regex("(?i)(.+\\.)?localhost|127(\\.\\d{1,3}){3}|\\[(::1|(0{1,4}:){7}0{0,3}1)]")
    private const val BEGINNING = "The base URL must begin with http:// or https://, such as "
    private val LOCAL = Regex("(localhost|\\d{1,3}(\\.\\d{1,3}){3})(:\\d{1,5})?(/[a-z0-9./]{0,40})?")
    private val ADDRESS =
        Regex("[a-z0-9-]{1,30}(\\.[a-z0-9-]{1,30}){0,4}\\.[a-z]{2,12}(:\\d{1,5})?(/[a-z0-9./]{0,40})?")

    /** Whether traffic to [url] can be read on the way: plain http to another machine. */
    @JvmSynthetic
    internal fun isOpenToReaders(url: URI): Boolean =
        url.scheme.equals("http", ignoreCase = true) && !LOOPBACK.matches(url.host)

    /**
     * Parses [text] as a base URL: http or https, a host, optionally a port and a path. A trailing slash is ignored.
     *
     * @throws IllegalArgumentException if [text] is not a valid base URL; the message says why and does not contain a
     * password
     */
    @Suppress("SwallowedException") // Its message repeats the text, which may hold a password.
    @JvmStatic
    public fun parse(text: String): URI {
        val written = text.trim()
        // Checked before parsing: an address that starts with a digit is not a valid URI.
        require(!isAddress(written)) { BEGINNING + example(written) }
        val url =
            try {
                URI(written.trimEnd('/'))
            } catch (e: URISyntaxException) {
                throw IllegalArgumentException("The base URL is not a valid URL: ${e.reason} at index ${e.index}")
            }
        require(url.scheme.equals("http", true) || url.scheme.equals("https", true)) {
            BEGINNING + example(written)
        }
        require(url.rawUserInfo == null) { "The base URL must not contain a user or password: set apiKey instead" }
        require(!url.host.isNullOrEmpty()) { "The base URL does not have a valid host" }
        require(url.port == -1 || url.port in PORTS) { "The base URL's port must be in 1..65535, not ${url.port}" }
        require(url.rawQuery == null && url.rawFragment == null) { "The base URL must not have a query or fragment" }
        // Characters outside ASCII would be sent as question marks.
        return URI(url.toASCIIString())
    }

    /**
     * Returns the URL that an API's paths are appended to, made from the [url] a user configured. A copied address
     * often contains too much or too little.
     *
     * @param endings the endings to remove, which the API's own paths start with or equal; each is removed as often as
     * it occurs
     * @param below the path that must be at the end; the missing part is added
     */
    @JvmStatic
    @JvmOverloads
    public fun root(url: URI, endings: Collection<String>, below: String = ""): URI {
        var address = url.toString().trimEnd('/')
        while (true) {
            // Only the path: the host name may have the same ending.
            val path = address.substring(url.scheme.length + "://".length + url.rawAuthority.length)
            val ending = endings.firstOrNull { it != below && path.endsWith(it) } ?: break
            address = address.removeSuffix(ending).trimEnd('/')
        }
        val ends = below.indices.filter { below[it] == '/' } + below.length
        val there = ends.map { below.substring(0, it) }.last { address.endsWith(it) }
        return URI(address + below.substring(there.length))
    }

    /** [text] with its scheme if it clearly is an address. Otherwise it may be a key and must not be shown. */
    private fun example(text: String): String = when {
        LOCAL.matches(text) -> "http://$text"
        isAddress(text) -> "https://$text"
        else -> "https://api.example.com/v1"
    }

    private fun isAddress(text: String): Boolean {
        val isMoreThanAName = text.startsWith("api.") || ':' in text || '/' in text
        return LOCAL.matches(text) || (isMoreThanAName && ADDRESS.matches(text))
    }
}
