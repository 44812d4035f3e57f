package dev.muster.fake.internal.net

import java.net.URLDecoder
import java.util.Collections
import java.util.TreeMap

/** One request as received, with its body decoded from the transfer encoding. */
internal class HttpRequest(
    val method: String,
    val target: String,
    val version: String,
    /** Names are case-insensitive. Values are in the order sent. */
    val headers: Map<String, List<String>>,
    val body: ByteArray,
) {
    val path: String = target.substringBefore('?')
    val query: String = target.substringAfter('?', "")

    /** The decoded query parameters. If one occurs twice, the last value is kept. */
    val parameters: Map<String, String>
        get() =
            query.split('&').filter { it.isNotEmpty() }.associate {
                decode(it.substringBefore('=')) to decode(it.substringAfter('=', ""))
            }

    private fun decode(text: String) = URLDecoder.decode(text, Charsets.UTF_8)

    fun header(name: String): String? = headers[name]?.firstOrNull()

    /** Whether the client keeps the connection open after the reply. */
    val keepAlive: Boolean
        get() {
            val connection = headers["connection"].orEmpty().joinToString(",").lowercase()
            return if (version == "HTTP/1.0") "keep-alive" in connection else "close" !in connection
        }

    companion object {
        fun headers(lines: List<String>): Map<String, List<String>> {
            val map = TreeMap<String, MutableList<String>>(String.CASE_INSENSITIVE_ORDER)
            for (line in lines) {
                val colon = line.indexOf(':')
                if (colon <= 0) throw BadRequest(HttpStatus.BAD_REQUEST, "malformed header line")
                map.getOrPut(line.substring(0, colon)) { ArrayList(1) }.add(line.substring(colon + 1).trim())
            }
            return Collections.unmodifiableMap(map)
        }
    }
}

/** The bytes are not a valid request. The server responds and closes the connection. */
internal class BadRequest(val status: Int, message: String) : RuntimeException(message)
