package dev.muster.http

import java.net.URI
import java.net.URISyntaxException

/** The root of a provider's API. */
public object BaseUrl {
    /**
     * Reads [text] as a base URL: http or https, a host, at most a port and a path. A slash at its end makes no
     * difference.
     *
     * @throws IllegalArgumentException where it is none; the message says what is wrong and does not repeat a password
     */
    @Suppress("SwallowedException") // Its message repeats the text, which may hold a password.
    @JvmStatic
    public fun parse(text: String): URI {
        val url =
            try {
                URI(text.trim().trimEnd('/'))
            } catch (e: URISyntaxException) {
                throw IllegalArgumentException("The base URL cannot be read: ${e.reason} at index ${e.index}")
            }
        require(url.scheme.equals("http", true) || url.scheme.equals("https", true)) {
            "The base URL must begin with http:// or https://${if (url.scheme == null) "" else ", not ${url.scheme}:"}"
        }
        require(url.rawUserInfo == null) { "The base URL must not hold a user or password: give the key by apiKey" }
        require(!url.host.isNullOrEmpty()) { "The base URL names no host" }
        require(url.rawQuery == null && url.rawFragment == null) { "The base URL must not have a query or fragment" }
        return url
    }
}
