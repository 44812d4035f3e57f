package dev.muster.agent.internal

import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/**
 * The JSON that the answer [text] holds: all of it, or what a code fence, braces or brackets in it enclose.
 *
 * @throws IllegalArgumentException where it holds none; the message is fit for the model
 */
internal fun jsonIn(text: String): JsonElement {
    val candidates = sequence {
        yield(text)
        FENCE.findAll(text).forEach { yield(it.groupValues[1]) }
        // Of several the longest: words around an answer may hold a piece of JSON as well.
        yieldAll(enclosed(text).sortedByDescending { it.length })
    }
    return candidates.firstNotNullOfOrNull(::jsonOrNull) ?: throw IllegalArgumentException(
        when {
            text.isBlank() -> "it is empty"
            isTooDeep(text) -> "it is nested deeper than $MAX_DEPTH levels"
            else -> "it is not JSON"
        },
    )
}

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

    /** [json] in its object: some models leave that away. */
    fun wrapped(json: JsonElement): JsonElement =
        if (!wraps || (json is JsonObject && VALUE in json)) json else JsonObject(mapOf(VALUE to json))

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
