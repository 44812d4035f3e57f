package dev.muster.http.codec

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.muster.http.Pieces
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.provider.MethodSource
import java.nio.ByteBuffer

/** Compares with the specification, applied to the whole text at once. */
class SseReaderFuzzTest {
    @MethodSource("dev.muster.http.Pieces#texts")
    @FuzzTest(maxDuration = "60s")
    fun `any bytes in any pieces are the events of the whole`(bytes: ByteArray) {
        val expected = simpleEvents(String(bytes, Charsets.UTF_8))
        assertEquals(expected, events(listOf(bytes), LineReader.DEFAULT_LINE_LIMIT).events)
        assertEquals(expected, events(Pieces.random(bytes), LineReader.DEFAULT_LINE_LIMIT).events)
        assertEquals(expected, events(Pieces.bytewise(bytes), LineReader.DEFAULT_LINE_LIMIT).events)
        val limit = bytes.size / 2
        val whole = events(listOf(bytes), limit)
        assertTrue(whole.events.all { it.second.length <= limit }, "an event longer than $limit")
        assertEquals(whole, events(Pieces.random(bytes), limit))
        assertEquals(whole, events(Pieces.bytewise(bytes), limit))
    }

    private data class Read(val events: List<Pair<String?, String>>, val tooLong: Boolean)

    private fun events(pieces: List<ByteArray>, limit: Int): Read {
        val reader = SseReader(limit)
        val events = mutableListOf<Pair<String?, String>>()
        try {
            for (piece in pieces) {
                reader.feed(ByteBuffer.wrap(piece))
                while (reader.next()) events += reader.name to reader.data
            }
            while (reader.last()) events += reader.name to reader.data
        } catch (_: TooLargeException) {
            return Read(events, true)
        }
        return Read(events, false)
    }

    private companion object {
        fun simpleEvents(text: String): List<Pair<String?, String>> {
            val events = mutableListOf<Pair<String?, String>>()
            var name: String? = null
            var isNameLate = false
            val data = mutableListOf<String>()
            val end = {
                if (data.isNotEmpty()) events += name?.ifEmpty { null } to data.joinToString("\n")
                data.clear()
                name = null
                isNameLate = false
            }
            // With an extra blank line: an event cut off by the end counts here.
            for (line in text.removePrefix("\uFEFF").split(Regex("\r\n|\r|\n")) + "") {
                val field = line.substringBefore(':')
                val value = line.substringAfter(':', "").removePrefix(" ")
                when {
                    line.isEmpty() -> end()

                    field == "data" -> {
                        if (data.isNotEmpty() && value.trimStart(' ').startsWithOneOf("{[") && data.endLikeJson()) {
                            val next = name.takeIf { isNameLate }
                            if (next != null) name = null
                            end()
                            name = next
                        }
                        data += value
                    }

                    field == "event" -> {
                        if (data.isNotEmpty() && name != null) end()
                        isNameLate = data.isNotEmpty()
                        name = value
                    }
                }
            }
            return events
        }

        private fun String.startsWithOneOf(characters: String) = isNotEmpty() && first() in characters

        private fun List<String>.endLikeJson() =
            joinToString("\n").trimEnd(' ', '\n').let { it.isNotEmpty() && it.last() in "}]" }
    }
}
