package dev.muster.fake.internal

import dev.muster.fake.internal.net.HttpStatus
import dev.muster.fake.internal.wire.ApiFormat

/** Encodes the status line and the headers. */
internal class ResponseHead(
    private val format: ApiFormat?,
    private val spec: ReplySpec?,
    private val serial: Int,
    private val keepAlive: Boolean,
) {
    val after: After get() = if (keepAlive) After.KEEP else After.CLOSE

    fun sized(status: Int, type: String, length: Int): ByteArray = text(status, type, "Content-Length: $length")

    fun chunked(status: Int, type: String): ByteArray = text(status, type, "Transfer-Encoding: chunked")

    private fun text(status: Int, type: String, length: String): ByteArray {
        val own = spec?.headers.orEmpty()
        val replaced = own.keys.map { it.lowercase() }
        val headers = format?.headers(serial).orEmpty().filterKeys { it !in replaced } + own
        val lines =
            buildString {
                append("HTTP/1.1 ").append(status).append(' ').append(HttpStatus.phrase(status)).append("\r\n")
                append("Content-Type: ").append(type).append("\r\n").append(length).append("\r\n")
                headers.forEach { (name, value) -> append(name).append(": ").append(value).append("\r\n") }
                if (!keepAlive) append("Connection: close\r\n")
                append("\r\n")
            }
        return lines.toByteArray(Charsets.ISO_8859_1)
    }
}
