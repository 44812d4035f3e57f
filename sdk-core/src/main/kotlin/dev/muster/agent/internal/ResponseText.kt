package dev.muster.agent.internal

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/**
 * Finds the JSON in the response [text] and returns the result of [inspect] for it. The JSON is the whole text, or a
 * part of it in a code fence, braces or brackets.
 *
 * @throws IllegalArgumentException if there is no JSON, or more than one valid piece; the message is written for the
 *   model
 */
internal fun jsonIn(text: String, inspect: (JsonElement) -> Inspected): Inspected {
    jsonOrNull(text)?.let { return inspect(it) }
    val fenced = FENCE.findAll(text).map { it.groupValues[1] }.toList()
    // The longest first: the words around a response may contain small pieces of JSON too.
    val pieces = listOf(fenced, enclosed(text).sortedByDescending { it.length })
        .map { texts -> texts.mapNotNull(::jsonOrNull).withoutEmpty().distinct().map(inspect) }
    return pieces.firstNotNullOfOrNull(::theOneOf) ?: pieces.flatten().firstOrNull() ?: throw IllegalArgumentException(
        when {
            text.isBlank() -> "it is empty"
            isTooDeep(text) -> "it is nested deeper than $MAX_DEPTH levels"
            else -> "it is not JSON"
        },
    )
}

/** Returns the valid one, or null. Fails if several are valid: only the model knows which one it meant. */
private fun theOneOf(found: List<Inspected>): Inspected? {
    val fitting = found.filter { it.faults.isEmpty() }
    require(fitting.size <= 1) { "it contains ${fitting.size} answers: give only one" }
    return fitting.firstOrNull()
}

/** Drops empty objects and arrays, which may be braces in the words around a response, unless there is nothing else. */
private fun List<JsonElement>.withoutEmpty(): List<JsonElement> =
    filterNot { (it is JsonObject && it.isEmpty()) || (it is JsonArray && it.isEmpty()) }.ifEmpty { this }

private val FENCE = Regex("```\\w*\\s*\\n(.*?)```", RegexOption.DOT_MATCHES_ALL)

/** Returns the parts of [text] from an opening brace or bracket to the matching closing one, left to right. */
private fun enclosed(text: String): List<String> {
    val found = ArrayList<String>()
    var start = text.indexOfAny(OPENING)
    // Limited, because each opening bracket without a closing one costs a scan to the end of the text.
    repeat(MAX_OPENINGS) {
        if (start < 0) return found
        val end = endOf(text, start)
        if (end != null) found += text.substring(start, end)
        start = text.indexOfAny(OPENING, end ?: (start + 1))
    }
    return found
}

private val OPENING = charArrayOf('{', '[')
private const val MAX_OPENINGS = 32

/** Makes the root of a schema an object: wraps any other type in an object with the property `value`. */
internal class Wrapping(own: Map<String, Any?>) {
    private val wraps = own["type"] != "object"

    val schema: Map<String, Any?> = if (wraps) inObject(own) else own

    /** Returns the possible readings of [json], likeliest first. Some models leave the wrapping object out. */
    fun readings(json: JsonElement): List<JsonElement> {
        if (!wraps) return listOf(json)
        val inObject = JsonObject(mapOf(VALUE to json))
        return if (json is JsonObject && VALUE in json) listOf(json, inObject) else listOf(inObject)
    }

    /** Returns the JSON inside the wrapping object. */
    fun unwrapped(json: JsonElement): String =
        if (wraps) (json as JsonObject).getValue(VALUE).toString() else json.toString()

    private companion object {
        const val VALUE = "value"

        /** The keywords for definitions in the drafts of JSON Schema. References repeat the name. */
        val DEFINITIONS = setOf("\$defs", "definitions")

        fun inObject(own: Map<String, Any?>): Map<String, Any?> {
            val definitions = own.filterKeys { it in DEFINITIONS }
            return objectSchema(mapOf(VALUE to own - DEFINITIONS), listOf(VALUE)) + definitions
        }
    }
}
