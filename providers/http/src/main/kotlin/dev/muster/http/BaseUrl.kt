package dev.muster.http

import java.net.URI
import java.net.URISyntaxException

/** The root of a provider's API. */
public object BaseUrl {
    private val PORTS = 1..65_535
    private val LOOPBACK = Regex("(?i)(.+\\.)?localhost|127(\\.\\d{1,3}){3}|\\[(::1|(0{1,4}:){7}0{0,3}1)]")
    private const val BEGINNING = "The base URL must begin with http:// or https://, such as "
    private val LOCAL = Regex("(localhost|\\d{1,3}(\\.\\d{1,3}){3})(:\\d{1,5})?(/[a-z0-9./]{0,40})?")
    private val ADDRESS =
        Regex("[a-z0-9-]{1,30}(\\.[a-z0-9-]{1,30}){0,4}\\.[a-z]{2,12}(:\\d{1,5})?(/[a-z0-9./]{0,40})?")

    /** Whether what is sent to [url] can be read by those between: it is plain http and leaves the machine. */
    @JvmSynthetic
    internal fun isOpenToReaders(url: URI): Boolean =
        url.scheme.equals("http", ignoreCase = true) && !LOOPBACK.matches(url.host)

    /**
     * Reads [text] as a base URL: http or https, a host, at most a port and a path. A slash at its end makes no
     * difference.
     *
     * @throws IllegalArgumentException where it is none; the message says what is wrong and does not repeat a password
     */
    @Suppress("SwallowedException") // Its message repeats the text, which may hold a password.
    @JvmStatic
    public fun parse(text: String): URI {
        val written = text.trim()
        // Before it is read: what begins with a digit is no URI.
        require(!isAddress(written)) { BEGINNING + example(written) }
        val url =
            try {
                URI(written.trimEnd('/'))
            } catch (e: URISyntaxException) {
                throw IllegalArgumentException("The base URL cannot be read: ${e.reason} at index ${e.index}")
            }
        require(url.scheme.equals("http", true) || url.scheme.equals("https", true)) {
            BEGINNING + example(written)
        }
        require(url.rawUserInfo == null) { "The base URL must not hold a user or password: give the key by apiKey" }
        require(!url.host.isNullOrEmpty()) { "The base URL names no host that can be read" }
        require(url.port == -1 || url.port in PORTS) { "The base URL's port must be in 1..65535, not ${url.port}" }
        require(url.rawQuery == null && url.rawFragment == null) { "The base URL must not have a query or fragment" }
        // What is not ASCII would be sent as question marks.
        return URI(url.toASCIIString())
    }

    /**
     * The URL behind which an API's paths are put, of which a user has given [url]: an address that is copied from
     * somewhere says too much or too little.
     *
     * @param surplus endings that the API's own paths begin with, or are: each is taken off, as often as one is there
     * @param below the path that has to be at the end, of which as much as is missing is added
     */
    @JvmStatic
    @JvmOverloads
    public fun root(url: URI, surplus: Collection<String>, below: String = ""): URI {
        var address = url.toString().trimEnd('/')
        while (true) {
            // Not the host: its name may end alike.
            val path = address.substring(url.scheme.length + "://".length + url.rawAuthority.length)
            val ending = surplus.firstOrNull { it != below && path.endsWith(it) } ?: break
            address = address.removeSuffix(ending).trimEnd('/')
        }
        val ends = below.indices.filter { below[it] == '/' } + below.length
        val there = ends.map { below.substring(0, it) }.last { address.endsWith(it) }
        return URI(address + below.substring(there.length))
    }

    /** [text] with its scheme, where it is plain to see that it is an address; else it may be a key. */
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
