package dev.muster.http.codec

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.muster.http.Pieces
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.provider.MethodSource
import java.nio.ByteBuffer

/** Compares with a trivial reader that has the whole text at once. */
class LineReaderFuzzTest {
    @MethodSource("dev.muster.http.Pieces#texts")
    @FuzzTest(maxDuration = "60s")
    fun `any bytes in any pieces are the lines of the whole`(bytes: ByteArray) {
        val expected = simpleLines(String(bytes, Charsets.UTF_8))
        assertEquals(expected, lines(listOf(bytes), LineReader.DEFAULT_LINE_LIMIT).lines)
        assertEquals(expected, lines(Pieces.random(bytes), LineReader.DEFAULT_LINE_LIMIT).lines)
        assertEquals(expected, lines(Pieces.bytewise(bytes), LineReader.DEFAULT_LINE_LIMIT).lines)
        val limit = bytes.size / 2
        val whole = lines(listOf(bytes), limit)
        assertEquals(whole, lines(Pieces.random(bytes), limit))
        assertEquals(whole, lines(Pieces.bytewise(bytes), limit))
    }

    private data class Read(val lines: List<String>, val tooLong: Boolean)

    private fun lines(pieces: List<ByteArray>, limit: Int): Read {
        val reader = LineReader(limit)
        val lines = mutableListOf<String>()
        try {
            for (piece in pieces) {
                reader.feed(ByteBuffer.wrap(piece))
                while (true) lines += reader.next() ?: break
                assertTrue(held(reader) <= FIRST + 2 * (limit.toLong() + piece.size), "holds ${held(reader)} bytes")
            }
            reader.rest()?.let { lines += it }
        } catch (_: TooLargeException) {
            return Read(lines, true)
        }
        return Read(lines, false)
    }

    private fun held(reader: LineReader) = (BYTES.get(reader) as ByteArray).size

    private companion object {
        const val FIRST = 2L * 1024
        val BYTES = LineReader::class.java.getDeclaredField("bytes").apply { isAccessible = true }

        fun simpleLines(text: String): List<String> {
            val lines = text.removePrefix("\uFEFF").split(Regex("\r\n|\r|\n"))
            // A stream that ends with a line end has no rest.
            return if (text.isEmpty() || (lines.last().isEmpty() && text != "\uFEFF")) lines.dropLast(1) else lines
        }
    }
}
