package dev.muster.http.internal

import dev.muster.http.HttpAnswer
import kotlinx.coroutines.withTimeoutOrNull
import java.io.ByteArrayOutputStream
import java.io.IOException
import kotlin.time.Duration.Companion.seconds

/**
 * What comes of the body of an answer whose status has said that it failed: as much as is here at its end, where it
 * breaks off, after [PATIENCE] or at [LARGEST] bytes. The status says enough, so nobody waits long for the words.
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
            // It broke off: what had come is used.
        }
    }
    return bytes.toByteArray().textWithoutMark(bytes.size())
}

/** [errorText] without its coding; empty where that is not known. */
internal suspend fun HttpAnswer.decodedErrorText(): String {
    val decoded =
        try {
            DecodedAnswer.of(this)
        } catch (_: CodingException) {
            // The status says enough.
            return ""
        }
    try {
        return decoded.errorText()
    } finally {
        if (decoded is DecodedAnswer) decoded.close()
    }
}

private val PATIENCE = 3.seconds
private const val LARGEST = 256 * 1024
