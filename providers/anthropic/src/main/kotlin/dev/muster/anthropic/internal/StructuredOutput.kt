package dev.muster.anthropic.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.StructuredOutputMode

/**
 * Returns how [model] is made to respond to [request] in the requested schema: by the schema itself if the model and
 * the API support it, otherwise by a tool. No model can be forced to call a tool while it thinks.
 */
internal fun structuredOutput(model: String, request: ChatRequest): StructuredOutputMode {
    val format = request.responseFormat
    val thinks = request.reasoning.let { it != null && it.effort != ReasoningEffort.NONE }
    return when {
        !BEFORE_SCHEMAS.matches(model) && (format == null || isSayable(format.schema)) -> StructuredOutputMode.NATIVE
        thinks -> StructuredOutputMode.INSTRUCTION
        else -> StructuredOutputMode.TOOL
    }
}

/** Models before Claude 4.5, which do not support an output schema. */
private val BEFORE_SCHEMAS = Regex("claude-(2|3|instant).*|claude-(sonnet|opus)-4(-0|-1|-20\\d+)?(-20\\d+)?(@.*)?")

/** Whether the API supports [schema]. It supports neither properties of any name nor recursive schemas. */
private fun isSayable(schema: Any?): Boolean = when (schema) {
    is Map<*, *> -> "\$ref" !in schema && !isOpen(schema) && schema.all { (key, value) ->
        if (key == "properties" && value is Map<*, *>) value.values.all(::isSayable) else isSayable(value)
    }

    is List<*> -> schema.all(::isSayable)

    else -> true
}

private fun isOpen(schema: Map<*, *>) =
    isObject(schema) && (schema["additionalProperties"].let { it != null && it != false } || "properties" !in schema)

private fun isObject(schema: Map<*, *>) = schema["type"].let { it == "object" || (it is List<*> && "object" in it) }

/** Returns [schema] with `additionalProperties: false`, which the API requires, and without unsupported keywords. */
internal fun closed(schema: Map<*, *>): Map<String, Any?> {
    val words = schema.entries.filter { it.key !in UNKNOWN }.associate { (key, value) ->
        key.toString() to
            when {
                key == "properties" && value is Map<*, *> -> value.mapValues { closedOrItself(it.value) }
                value is List<*> -> value.map(::closedOrItself)
                else -> closedOrItself(value)
            }
    }
    return if (isObject(schema)) words + ("additionalProperties" to false) else words
}

private fun closedOrItself(value: Any?) = if (value is Map<*, *>) closed(value) else value

private val UNKNOWN =
    setOf(
        "\$schema",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "uniqueItems",
    )
