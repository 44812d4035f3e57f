package dev.muster.http.internal

import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement

/** Reads JSON that anybody may have sent: its reader goes one call deeper for each bracket. */
internal object ShallowJson {
    /** [text] as JSON, or null where it is none or is nested deeper than [MAX_DEPTH]. */
    fun parse(text: String): JsonElement? = try {
        if (isDeep(text)) null else Json.parseToJsonElement(text)
    } catch (_: SerializationException) {
        null
    }

    /** [parse] for what may have been cut off: what was left open is closed. */
    fun parseCut(text: String): JsonElement? = parse(text) ?: closing(text)?.let { parse(text + it) }

    /** What closes [text], or null where nothing is open. */
    private fun closing(text: String): String? {
        val open = ArrayDeque<Char>()
        var inString = false
        var escaped = false
        for (c in text) {
            when {
                escaped -> escaped = false
                inString && c == '\\' -> escaped = true
                c == '"' -> inString = !inString
                inString -> Unit
                c == '{' -> open += '}'
                c == '[' -> open += ']'
                c == '}' || c == ']' -> open.removeLastOrNull()
            }
        }
        if (open.isEmpty() || escaped) return null
        return (if (inString) "\"" else "") + open.reversed().joinToString("")
    }

    /** Brackets inside of strings count too, which no message of an error has so many of. */
    private fun isDeep(text: String): Boolean {
        var depth = 0
        for (c in text) {
            if (c == '[' || c == '{') {
                if (++depth > MAX_DEPTH) return true
            } else if (c == ']' || c == '}') {
                depth--
            }
        }
        return false
    }

    private const val MAX_DEPTH = 100
}
