package dev.muster.http.endpoint.internal

import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement

/** Parses JSON from an untrusted source. The parser recurses once per bracket, so the depth is limited. */
internal object ShallowJson {
    /** Returns [text] as JSON, or null if it is not JSON or is nested deeper than [MAX_DEPTH]. */
    fun parse(text: String): JsonElement? = try {
        if (isDeep(text)) null else Json.parseToJsonElement(text)
    } catch (_: SerializationException) {
        null
    }

    /** Like [parse], for text that may be cut off: closes what was left open. */
    fun parseCut(text: String): JsonElement? = parse(text) ?: closing(text)?.let { parse(text + it) }

    /** Returns the characters that close [text], or null if nothing is open. */
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

    /** Brackets inside strings count too: no error message contains that many. */
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
