package dev.muster.http.endpoint.internal

import dev.muster.http.transport.HttpAnswer
import kotlinx.coroutines.withTimeoutOrNull
import java.io.ByteArrayOutputStream
import java.io.IOException
import kotlin.time.Duration.Companion.seconds

/**
 * Reads the body of a response whose status reports a failure: up to its end, until the connection breaks, for at
 * most [PATIENCE] or up to [LARGEST] bytes. The status says enough, so the caller does not wait long for the text.
 */
internal suspend fun HttpAnswer.errorText(): String {
    val bytes = ByteArrayOutputStream()
    withTimeoutOrNull(PATIENCE) {
        try {
            while (bytes.size() < LARGEST) {
                val pieces = read() ?: break
                for (piece in pieces) {
                    val length = minOf(piece.remaining(), LARGEST - bytes.size())
                    val part = ByteArray(length)
                    piece.get(part)
                    bytes.write(part, 0, length)
                }
            }
        } catch (_: IOException) {
            // The connection broke: use what has arrived.
        }
    }
    return bytes.toByteArray().textWithoutMark(bytes.size())
}

/** [errorText] with its content encoding decoded. Empty if the encoding is unknown. */
internal suspend fun HttpAnswer.decodedErrorText(): String {
    val decoded =
        try {
            DecodedResponse.of(this)
        } catch (_: CodingException) {
            // The status says enough.
            return ""
        }
    try {
        return decoded.errorText()
    } finally {
        if (decoded is DecodedResponse) decoded.close()
    }
}

private val PATIENCE = 3.seconds
private const val LARGEST = 256 * 1024
