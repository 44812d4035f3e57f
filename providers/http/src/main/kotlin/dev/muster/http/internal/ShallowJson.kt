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
