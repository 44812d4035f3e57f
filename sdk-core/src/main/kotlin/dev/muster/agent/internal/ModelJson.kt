package dev.muster.agent.internal

import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

// JSON that a model has written: anything may stand there.

/** Deeper than anything needs; far less than what would overflow the stack of one who reads it. */
internal const val MAX_DEPTH: Int = 128

internal fun isTooDeep(json: String): Boolean {
    brackets(json, 0) { _, depth -> if (depth > MAX_DEPTH) return true }
    return false
}

/** The index behind what closes the brace or bracket at [start]; null where nothing does. */
internal fun endOf(json: String, start: Int): Int? {
    brackets(json, start) { end, depth -> if (depth == 0) return end }
    return null
}

/** Tells of each brace and bracket outside of strings the index behind it and how many are open there. */
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

/** The JSON that all of [text] is; null where it is none, or nested too deep to be read. */
internal fun jsonOrNull(text: String): JsonElement? {
    if (text.isBlank() || isTooDeep(text)) return null
    return try {
        Json.parseToJsonElement(text).takeIf { it.isStrict() }
    } catch (_: SerializationException) {
        null
    }
}

/** Whether no bare word stands in this: the parser takes any for a value. */
private fun JsonElement.isStrict(): Boolean = when (this) {
    is JsonObject -> values.all { it.isStrict() }
    is JsonArray -> all { it.isStrict() }
    JsonNull -> true
    is JsonPrimitive -> isString || content == "true" || content == "false" || NUMBER.matches(content)
}

private val NUMBER = Regex("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?")

/** What a schema says of [json]. */
internal class Inspected(
    /** What is wrong, a few faults at most; empty where nothing is. */
    val faults: List<String>,
    private val json: JsonElement,
    /** The very ones that stand where the schema wants an integer, and are written with a fraction or an exponent. */
    private val fractional: Set<JsonPrimitive>,
) {
    /**
     * The JSON with its integers written as such: a schema takes `4.0` for a 4, and who reads an integer does not.
     * Other numbers stay as they are: the digits of a decimal `4.00` count.
     */
    fun plain(): JsonElement = if (fractional.isEmpty()) json else plain(json)

    private fun plain(json: JsonElement): JsonElement = when (json) {
        is JsonObject -> JsonObject(json.mapValues { plain(it.value) })
        is JsonArray -> JsonArray(json.map { plain(it) })
        is JsonPrimitive -> if (json in fractional) json.plainInteger() else json
    }
}

private fun JsonPrimitive.plainInteger(): JsonPrimitive {
    // At most 309 digits: beyond a double it has not passed for an integer.
    val number = content.toBigDecimalOrNull()?.stripTrailingZeros() ?: return this
    return if (number.scale() > 0) this else JsonPrimitive(number.toBigInteger())
}
