package dev.muster.http.codec

import dev.muster.http.everySplit
import dev.muster.http.everySplitInThree
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.nio.ByteBuffer

class SseReaderTest {
    @Test
    fun `every form of event in every split gives the same events`() {
        val text =
            ": ping\n\n" +
                "data: {\"a\":1}\n\n" +
                "data:{\"b\":2}\r\n\r\n" +
                "event: error\rdata: first\rdata:  second\rdata\r\r" +
                "id: 7\nretry: 10\nevent: empty\n\n" +
                "unknown: x\ndata: é€😀\n\n" +
                "data: [DONE]"
        val expected =
            listOf(
                null to "{\"a\":1}",
                null to "{\"b\":2}",
                "error" to "first\n second\n",
                null to "é€😀",
                null to "[DONE]",
            )
        everySplit(text.toByteArray()).forEach { assertEquals(expected, events(it)) }
        everySplitInThree(text.toByteArray()).forEach { assertEquals(expected, events(it)) }
    }

    @Test
    fun `an event whose blank line is missing is the last one`() {
        listOf("data: x", "data: x\n", "data: x\r\n").forEach { text ->
            everySplit(text.toByteArray()).forEach { assertEquals(listOf(null to "x"), events(it)) }
        }
    }

    @Test
    fun `a stream of comments has no event`() {
        val reader = SseReader()
        reader.feed(ByteBuffer.wrap(": a\n\n: b\n\n".toByteArray()))
        assertFalse(reader.next())
        assertFalse(reader.last())
    }

    @Test
    fun `events without a blank line between them are told apart, in every split`() {
        val rows =
            mapOf(
                "data: {\"a\":1}\ndata: {\"b\":2} \ndata: [DONE]\n" to
                    listOf(null to "{\"a\":1}", null to "{\"b\":2} ", null to "[DONE]"),
                "event: a\ndata: {\"a\":1}\nevent: b\ndata: \"\"\nevent: c\ndata: {}\n\ndata: {}" to
                    listOf("a" to "{\"a\":1}", "b" to "\"\"", "c" to "{}", null to "{}"),
                "data: {}\nevent: b\ndata: {\"b\":1}\n\ndata: {}\n\n" to
                    listOf(null to "{}", "b" to "{\"b\":1}", null to "{}"),
                "data: {}\nevent: late\n\ndata: {}\n\n" to listOf("late" to "{}", null to "{}"),
                // One event in several lines stays one.
                "data: {\"a\":\ndata: {\"b\":[1,\ndata: {}]}\ndata: }\n\n" to
                    listOf(null to "{\"a\":\n{\"b\":[1,\n{}]}\n}"),
                "data: \u017D\ndata: {}\n\n" to listOf(null to "\u017D\n{}"),
                "data: one\ndata: two\n\n" to listOf(null to "one\ntwo"),
            )
        rows.forEach { (text, expected) ->
            everySplit(text.toByteArray()).forEach { assertEquals(expected, events(it), text) }
            everySplit(text.replace("\n", "\r\n").toByteArray()).forEach { assertEquals(expected, events(it), text) }
        }
    }

    @Test
    fun `the event name does not outlive its event`() {
        assertEquals(listOf("a" to "1", null to "2"), events(listOf("event: a\ndata: 1\n\ndata: 2\n\n".wrapped())))
    }

    @Test
    fun `a name is not taken for another that shares the lower half of its letters`() {
        val text = "event: \u0163\ndata: 1\n\nevent: c\ndata: 2\n\nevent: \u0163\ndata: 3\n\n"
        assertEquals(listOf("\u0163" to "1", "c" to "2", "\u0163" to "3"), events(listOf(text.wrapped())))
    }

    @Test
    @Timeout(180)
    fun `an event of very many lines costs no more for each than for the first`() {
        val reader = SseReader()
        repeat(MANY) {
            reader.feed("data: 0123456789\n".wrapped())
            assertFalse(reader.next())
        }
        reader.feed("\n".wrapped())
        assertTrue(reader.next())
        assertEquals(MANY * 11 - 1, reader.data.length)
    }

    @Test
    fun `many lines of data together are held to the limit`() {
        val reader = SseReader(limit = 16)
        reader.feed("data: 12345678\ndata: 1234567\n\n".wrapped())
        assertTrue(reader.next())
        reader.feed("data: 12345678\ndata: 12345678\n\n".wrapped())
        assertThrows(TooLargeException::class.java) { reader.next() }
    }

    @Test
    fun `what stands between a known beginning and a known end is read without the rest`() {
        val before = "{\"t\":\"".toByteArray()
        val after = "\"}".toByteArray()
        val texts = listOf("a", "é€😀", "x".repeat(100))
        for (text in texts) assertEquals(text, one("{\"t\":\"$text\"}").between(before, after))
        val others = listOf("", "a\"", "a\\n", "a\tb")
        for (text in others) assertNull(one("{\"t\":\"$text\"}").between(before, after), text)
        for (data in listOf("{\"u\":\"a\"}", "{\"t\":\"a\"} ", "{\"t\"}", "\"}", "")) {
            assertNull(one(data).between(before, after), data)
        }
        assertNull(one("{\"t\":\ndata: \"a\"}").between(before, after))
    }

    @Test
    fun `an event that was not read is not taken for another once more is fed`() {
        val reader = SseReader()
        reader.feed("data: first\n\ndata: sec".wrapped())
        assertTrue(reader.next())
        assertFalse(reader.next())
        reader.feed("ond\n\n".wrapped())
        assertThrows(IllegalStateException::class.java) { reader.data }
        assertNull(reader.between("f".toByteArray(), "t".toByteArray()))
        assertTrue(reader.next())
        assertEquals("second", reader.data)
    }

    private fun one(data: String) = SseReader().apply {
        feed("data: $data\n\n".wrapped())
        assertTrue(next())
    }

    private fun String.wrapped() = ByteBuffer.wrap(toByteArray())

    private fun events(pieces: List<ByteBuffer>): List<Pair<String?, String>> {
        val reader = SseReader()
        val events = mutableListOf<Pair<String?, String>>()
        pieces.forEach { piece ->
            reader.feed(piece)
            while (reader.next()) events += reader.name to reader.data
        }
        while (reader.last()) events += reader.name to reader.data
        return events
    }

    private companion object {
        const val MANY = 400_000
    }
}
