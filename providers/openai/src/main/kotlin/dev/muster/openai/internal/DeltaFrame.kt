package dev.muster.openai.internal

/**
 * The pieces of one stream differ in nothing but their text, as a rule. What stands before and behind the text of one
 * is remembered, and of the next that has the same around a text without escapes only the ends are looked at: JSON that
 * agrees up to the inside of one string says the same but for that string. What differs in anything is decoded.
 */
internal class DeltaFrame {
    private var before: String? = null
    private var after = ""
    private var misses = 0

    /** The text of the piece [data], never empty, or null where it has to be decoded. */
    fun textOf(data: String): String? {
        val start = before?.length ?: return null
        val end = data.length - after.length
        if (end <= start || !data.startsWith(before!!) || !data.endsWith(after)) return null
        for (i in start until end) {
            val char = data[i]
            if (char == '"' || char == '\\' || char < ' ') return null
        }
        misses = 0
        return data.substring(start, end)
    }

    /** Takes note of [data], whose decoding has given [text] as its `content`, and nothing else that was new. */
    fun learn(data: String, text: String) {
        // Escapes might hide a quote. Endpoints that change something in every piece are not worth the trouble.
        if (misses >= MAX_MISSES || '\\' in data) return
        misses++
        val key = data.indexOf(KEY)
        // With one such key and no other it is the one that was decoded.
        if (key < 0 || data.indexOf(KEY, key + 1) >= 0) return
        val start = data.indexOf('"', key + KEY.length) + 1
        val end = start + text.length
        if (!data.startsWith(text, start) || data.getOrNull(end) != '"') return
        before = data.substring(0, start)
        after = data.substring(end)
    }

    private companion object {
        const val KEY = "\"content\""
        const val MAX_MISSES = 8
    }
}
