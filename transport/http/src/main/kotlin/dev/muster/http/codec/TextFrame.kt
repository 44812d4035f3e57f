package dev.muster.http.codec

/**
 * Extracts the text of stream events without decoding all of their JSON.
 *
 * The events of one stream usually differ only in their text. This class remembers what comes before and after the
 * text of one event. If the next event has the same bytes around a text without escapes, only those ends are
 * compared: two JSON texts that are equal except inside one string mean the same except for that string. Any other
 * event is decoded.
 *
 * Not thread-safe.
 *
 * @param field the JSON field that contains the text
 */
public class TextFrame(field: String) {
    private val key = "\"$field\""
    private var name: String? = null
    private var before: ByteArray? = null
    private var after = NOTHING
    private var misses = 0

    /** Returns the text of [event], never empty. Returns null if the event must be decoded. */
    public fun textOf(event: SseEvent): String? {
        val text = before?.let { if (event.name == name) event.between(it, after) else null }
        if (text != null) misses = 0
        return text
    }

    /** Learns from [event], which decoded to [text] as the value of the field and to nothing else that is new. */
    public fun learn(event: SseEvent, text: String) {
        val data = event.data
        // Escapes might hide a quote. If an endpoint changes something in every event, learning is not worth the
        // cost.
        if (misses >= MAX_MISSES || '\\' in data) return
        misses++
        val at = data.indexOf(key)
        // Only if the key occurs once is it certainly the one that was decoded.
        if (at < 0 || data.indexOf(key, at + 1) >= 0) return
        val start = data.indexOf('"', at + key.length) + 1
        val end = start + text.length
        if (!data.startsWith(text, start) || data.getOrNull(end) != '"') return
        name = event.name
        before = data.substring(0, start).toByteArray()
        after = data.substring(end).toByteArray()
    }

    private companion object {
        const val MAX_MISSES = 8
        val NOTHING = ByteArray(0)
    }
}
