package dev.muster.http.endpoint

import dev.muster.http.codec.TooLargeException
import dev.muster.http.transport.HttpAnswer

/**
 * Reads the whole body.
 *
 * @throws TooLargeException if the body is longer than [limit] bytes
 * @throws java.io.IOException if the connection breaks before the end of the body
 */
public suspend fun HttpAnswer.readAll(limit: Int = DEFAULT_BODY_LIMIT): ByteArray {
    val announced = header("Content-Length")?.toLongOrNull() ?: 0
    if (announced > limit) throw TooLargeException("response", limit)
    // Content-Length is only a claim: do not allocate all of it up front.
    var bytes = ByteArray(if (announced > 0) minOf(announced, ANNOUNCED_AT_ONCE).toInt() else INITIAL_BODY)
    var size = 0
    while (true) {
        val pieces = read() ?: break
        for (piece in pieces) {
            val length = piece.remaining()
            if (length > limit - size) throw TooLargeException("response", limit)
            if (size + length > bytes.size) bytes = bytes.copyOf(grown(bytes.size, size + length, limit))
            piece.get(bytes, size, length)
            size += length
        }
    }
    return if (size == bytes.size) bytes else bytes.copyOf(size)
}

private fun grown(now: Int, atLeast: Int, limit: Int): Int =
    maxOf(atLeast.toLong(), minOf(now * 2L, limit.toLong())).toInt()

/** The largest response that is read as a whole: 64 MiB. */
public const val DEFAULT_BODY_LIMIT: Int = 64 * 1024 * 1024

/** The longest stream that is read, including comments: 256 MiB, about a million tokens. */
public const val DEFAULT_STREAM_LIMIT: Int = 256 * 1024 * 1024

private const val INITIAL_BODY = 4 * 1024
private const val ANNOUNCED_AT_ONCE = 1024L * 1024
