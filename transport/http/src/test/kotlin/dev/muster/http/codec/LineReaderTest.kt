package dev.muster.http.codec

import dev.muster.http.everySplit
import dev.muster.http.everySplitInThree
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.nio.ByteBuffer

class LineReaderTest {
    @Test
    fun `every line ending in every split gives the same lines`() {
        val text = "one\ntwo\r\nthree\rfour\n\nsix\r\r\néé€😀\r\nrest ü"
        val expected = listOf("one", "two", "three", "four", "", "six", "", "éé€😀", "rest ü")
        everySplit(text.toByteArray()).forEach { assertEquals(expected, lines(it)) }
        everySplitInThree(text.toByteArray()).forEach { assertEquals(expected, lines(it)) }
    }

    @Test
    fun `a stream that ends with a line end has no rest`() {
        listOf("one\n", "one\r", "one\r\n").forEach { text ->
            everySplit(text.toByteArray()).forEach { assertEquals(listOf("one"), lines(it)) }
        }
    }

    @Test
    fun `a byte order mark at the start is passed over and one further on is kept`() {
        everySplit("\uFEFFone\n\uFEFFtwo\n".toByteArray()).forEach {
            assertEquals(listOf("one", "\uFEFFtwo"), lines(it))
        }
        everySplit("\uFEFFone".toByteArray()).forEach { assertEquals(listOf("one"), lines(it)) }
    }

    @Test
    fun `a line as long as the limit passes and one byte more does not`() {
        val reader = LineReader(limit = 8)
        reader.feed(ByteBuffer.wrap("12345678\n".toByteArray()))
        assertEquals("12345678", reader.next())
        reader.feed(ByteBuffer.wrap("123456789\n".toByteArray()))
        assertEquals(8, assertThrows(TooLargeException::class.java) { reader.next() }.limit)
    }

    @Test
    fun `a line without an end is refused once it passes the limit`() {
        val reader = LineReader(limit = 8)
        reader.feed(ByteBuffer.wrap("12345678".toByteArray()))
        assertNull(reader.next())
        reader.feed(ByteBuffer.wrap("9".toByteArray()))
        assertThrows(TooLargeException::class.java) { reader.next() }
    }

    @Test
    fun `a line longer than the first buffer comes whole from read-only pieces`() {
        val line = "abc€".repeat(10_000)
        val reader = LineReader()
        (line + "\nnext\n").toByteArray().toList().chunked(1000).forEach {
            reader.feed(ByteBuffer.wrap(it.toByteArray()).asReadOnlyBuffer())
        }
        assertEquals(line, reader.next())
        assertEquals("next", reader.next())
        assertNull(reader.next())
    }

    private fun lines(pieces: List<ByteBuffer>): List<String> {
        val reader = LineReader()
        val lines = mutableListOf<String>()
        pieces.forEach { piece ->
            reader.feed(piece)
            while (true) lines += reader.next() ?: break
        }
        reader.rest()?.let { lines += it }
        return lines
    }
}
