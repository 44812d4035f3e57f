package dev.muster.agent.internal

import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

// Reads JSON written by a model, which may contain anything.

/** Deeper than any real value, but far below the depth at which a recursive reader overflows its stack. */
internal const val MAX_DEPTH: Int = 128

internal fun isTooDeep(json: String): Boolean {
    brackets(json, 0) { _, depth -> if (depth > MAX_DEPTH) return true }
    return false
}

/** Returns the index after the brace or bracket that closes the one at [start], or null if it is never closed. */
internal fun endOf(json: String, start: Int): Int? {
    brackets(json, start) { end, depth -> if (depth == 0) return end }
    return null
}

/** Calls [tell] for each brace and bracket outside of strings, with the index after it and the depth there. */
private inline fun brackets(json: String, start: Int, tell: (end: Int, depth: Int) -> Unit) {
    var depth = 0
    var inString = false
    var at = start
    while (at < json.length) {
        when (json[at]) {
            '\\' -> if (inString) at++
            '"' -> inString = !inString
            '{', '[' -> if (!inString) tell(at + 1, ++depth)
            '}', ']' -> if (!inString) tell(at + 1, --depth)
        }
        at++
    }
}

/** Parses all of [text] as JSON; returns null if it is not valid JSON or nested too deeply. */
internal fun jsonOrNull(text: String): JsonElement? {
    if (text.isBlank() || isTooDeep(text)) return null
    return try {
        Json.parseToJsonElement(text).takeIf { it.isStrict() }
    } catch (_: SerializationException) {
        null
    }
}

/** Whether it contains no bare words, which the parser accepts as values. */
private fun JsonElement.isStrict(): Boolean = when (this) {
    is JsonObject -> values.all { it.isStrict() }
    is JsonArray -> all { it.isStrict() }
    JsonNull -> true
    is JsonPrimitive -> isString || content == "true" || content == "false" || NUMBER.matches(content)
}

private val NUMBER = Regex("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?")

/** The result of validating [json] against a schema. */
internal class Inspected(
    /** The first few validation errors; empty if the JSON is valid. */
    val faults: List<String>,
    private val json: JsonElement,
    /** The instances written with a fraction or an exponent at places where the schema requires an integer. */
    private val fractional: Set<JsonPrimitive>,
) {
    /**
     * Returns the JSON with all integers in plain notation: JSON Schema accepts `4.0` as an integer, but a decoder does
     * not. Other numbers are not changed, because the digits of a decimal such as `4.00` matter.
     */
    fun plain(): JsonElement = if (fractional.isEmpty()) json else plain(json)

    private fun plain(json: JsonElement): JsonElement = when (json) {
        is JsonObject -> JsonObject(json.mapValues { plain(it.value) })
        is JsonArray -> JsonArray(json.map { plain(it) })
        is JsonPrimitive -> if (json in fractional) json.plainInteger() else json
    }
}

private fun JsonPrimitive.plainInteger(): JsonPrimitive {
    // At most 309 digits: the validator does not accept more than a double holds as an integer.
    val number = content.toBigDecimalOrNull()?.stripTrailingZeros() ?: return this
    return if (number.scale() > 0) this else JsonPrimitive(number.toBigInteger())
}
