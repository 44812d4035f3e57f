package dev.muster.agent.internal

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/**
 * What [inspect] says of the JSON that the answer [text] holds: all of it, or what a code fence, braces or brackets in
 * it enclose.
 *
 * @throws IllegalArgumentException where it holds none, or several that fit; the message is fit for the model
 */
internal fun answerIn(text: String, inspect: (JsonElement) -> Inspected): Inspected {
    jsonOrNull(text)?.let { return inspect(it) }
    val fenced = FENCE.findAll(text).map { it.groupValues[1] }.toList()
    // Of several the longest: words around an answer may hold a piece of JSON as well.
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

/** The one that fits; null where none does. Which of several is the answer only the model knows. */
private fun theOneOf(found: List<Inspected>): Inspected? {
    val fitting = found.filter { it.faults.isEmpty() }
    require(fitting.size <= 1) { "it holds ${fitting.size} answers: give one" }
    return fitting.firstOrNull()
}

/** A pair of braces in the words around an answer is none. */
private fun List<JsonElement>.withoutEmpty(): List<JsonElement> =
    filterNot { (it is JsonObject && it.isEmpty()) || (it is JsonArray && it.isEmpty()) }.ifEmpty { this }

private val FENCE = Regex("```\\w*\\s*\\n(.*?)```", RegexOption.DOT_MATCHES_ALL)

/** What stands between an opening brace or bracket of [text] and the one that closes it, from the left. */
private fun enclosed(text: String): List<String> {
    val found = ArrayList<String>()
    var start = text.indexOfAny(OPENING)
    // Not without limit: an opening one that nothing closes is looked for to the end of the text.
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

/** A schema whose root is an object: what is none stands in the property `value` of one. */
internal class Wrapping(own: Map<String, Any?>) {
    private val wraps = own["type"] != "object"

    val schema: Map<String, Any?> = if (wraps) inObject(own) else own

    /** What [json] may mean, likeliest first: itself, or what stands in its object, which some models leave away. */
    fun readings(json: JsonElement): List<JsonElement> {
        if (!wraps) return listOf(json)
        val inObject = JsonObject(mapOf(VALUE to json))
        return if (json is JsonObject && VALUE in json) listOf(json, inObject) else listOf(inObject)
    }

    /** The JSON of what was wrapped. */
    fun unwrapped(json: JsonElement): String =
        if (wraps) (json as JsonObject).getValue(VALUE).toString() else json.toString()

    private companion object {
        const val VALUE = "value"

        /** By the name that drafts of the standard have had for it, which references repeat. */
        val DEFINITIONS = setOf("\$defs", "definitions")

        fun inObject(own: Map<String, Any?>): Map<String, Any?> {
            val definitions = own.filterKeys { it in DEFINITIONS }
            return objectSchema(mapOf(VALUE to own - DEFINITIONS), listOf(VALUE)) + definitions
        }
    }
}
