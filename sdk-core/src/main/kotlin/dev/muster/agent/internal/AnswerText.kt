package dev.muster.agent.internal

import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * The JSON that the answer [text] holds: all of it, or what a code fence or the braces in it enclose.
 *
 * @throws IllegalArgumentException where it holds none; the message is fit for the model
 */
internal fun jsonIn(text: String): JsonElement {
    val candidates = sequence {
        yield(text)
        FENCE.findAll(text).forEach { yield(it.groupValues[1]) }
        val start = text.indexOf('{')
        val end = text.lastIndexOf('}')
        if (start in 0..<end) yield(text.substring(start, end + 1))
    }
    return candidates.filter { it.isNotBlank() }.firstNotNullOfOrNull(::parsed)
        ?: throw IllegalArgumentException(if (text.isBlank()) "it is empty" else "it is not JSON")
}

private val FENCE = Regex("```\\w*\\s*\\n(.*?)```", RegexOption.DOT_MATCHES_ALL)

/** The JSON object or array that [text] is; other values do not stand at the top. */
private fun parsed(text: String): JsonElement? = try {
    Json.parseToJsonElement(text).takeIf { it !is JsonPrimitive }
} catch (_: SerializationException) {
    null
}

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
        const val DEFINITIONS = "\$defs"

        fun inObject(own: Map<String, Any?>): Map<String, Any?> {
            val schema = objectSchema(mapOf(VALUE to own - DEFINITIONS), listOf(VALUE))
            val definitions = own[DEFINITIONS] ?: return schema
            return schema + (DEFINITIONS to definitions)
        }
    }
}
