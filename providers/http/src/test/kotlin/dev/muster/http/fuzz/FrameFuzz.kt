package dev.muster.http.fuzz

import dev.muster.http.SseReader
import dev.muster.http.TextFrame
import org.junit.jupiter.api.Assertions.assertEquals
import java.nio.ByteBuffer

/**
 * Makes a stream of any bytes: a first line is what stands before a text, a second what stands behind it, and every
 * further one a text, or, where it has the form of one, an event of its own. What a [TextFrame] for [field] says of an
 * event without decoding it must be what [decode] says, which gives the text of an event that has nothing else.
 */
internal class FrameFuzz(private val field: String, private val decode: (data: String) -> String?) {
    /** Tries [bytes], and returns how many events were not decoded. */
    fun check(bytes: ByteArray): Int {
        val lines = String(bytes, Charsets.ISO_8859_1).split('\n')
        val (before, after) = lines + listOf("", "")
        val frame = TextFrame(field)
        var framed = 0
        for (line in lines.drop(2)) {
            val data = if (line.startsWith('{')) line else before + line + after
            val event = event("data: $data\n\n".toByteArray(Charsets.ISO_8859_1)) ?: continue
            val text = frame.textOf(event)
            // Looked at last: it changes how the event is kept.
            val decoded = decode(event.data)
            if (text != null) {
                framed++
                assertEquals(decoded, text)
            } else if (!decoded.isNullOrEmpty()) {
                frame.learn(event, decoded)
            }
        }
        return framed
    }

    private fun event(bytes: ByteArray): SseReader? {
        val reader = SseReader()
        reader.feed(ByteBuffer.wrap(bytes))
        return if (reader.next()) reader else null
    }
}
