package dev.muster.http

/**
 * The events of one stream differ in nothing but their text, as a rule. What stands before and behind the text of one
 * is remembered, and of the next that has the same around a text without escapes only the ends are looked at: JSON that
 * agrees up to the inside of one string says the same but for that string. What differs in anything is decoded.
 *
 * Not thread-safe.
 *
 * @param field the JSON field that has the text
 */
public class TextFrame(field: String) {
    private val key = "\"$field\""
    private var name: String? = null
    private var before: ByteArray? = null
    private var after = NOTHING
    private var misses = 0

    /** The text of [event], never empty, or null where it has to be decoded. */
    public fun textOf(event: SseEvent): String? {
        val text = before?.let { if (event.name == name) event.between(it, after) else null }
        if (text != null) misses = 0
        return text
    }

    /** Takes note of [event], whose decoding has given [text] as the field's value, and nothing else that was new. */
    public fun learn(event: SseEvent, text: String) {
        val data = event.data
        // Escapes might hide a quote. Endpoints that change something in every piece are not worth the trouble.
        if (misses >= MAX_MISSES || '\\' in data) return
        misses++
        val at = data.indexOf(key)
        // With one such key and no other it is the one that was decoded.
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
