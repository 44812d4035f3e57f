package dev.muster.contract

import dev.muster.http.codec.SseReader
import dev.muster.http.codec.TextFrame
import org.junit.jupiter.api.Assertions.assertEquals
import java.nio.ByteBuffer

/**
 * Checks a provider that reads the text of its events with a [TextFrame], without decoding them. Call [check] from a
 * fuzz target, and with a few seeds in a normal test.
 *
 * Makes a stream from any bytes. The first line is the part before a text, the second line the part after it. Every
 * further line is a text, or, if it has the format of an event, a separate event. If a [TextFrame] for [field]
 * returns the text of an event without decoding, [decode] must return the same. [decode] returns the text of an event
 * that contains nothing else.
 */
public class FrameFuzz(
    /** The JSON field that holds the text. */
    private val field: String,
    /** Decodes an event. Returns its text if it holds nothing else, or null. */
    private val decode: (data: String) -> String?,
) {
    /** Tries [bytes]. Returns how many events were read without decoding. Fails if a text differs. */
    public fun check(bytes: ByteArray): Int {
        val lines = String(bytes, Charsets.ISO_8859_1).split('\n')
        val (before, after) = lines + listOf("", "")
        val frame = TextFrame(field)
        var framed = 0
        for (line in lines.drop(2)) {
            val data = if (line.startsWith('{')) line else before + line + after
            val event = event("data: $data\n\n".toByteArray(Charsets.ISO_8859_1)) ?: continue
            val text = frame.textOf(event)
            // Checked last: it changes how the event is kept.
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
