package dev.muster.anthropic.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.StructuredOutputMode

/**
 * How [model] is brought to answer [request] in its form: by the schema, where both know how; else by a tool, which no
 * model can be made to call while it thinks.
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

/** Models from before Claude 4.5, which refuse a form for the answer. */
private val BEFORE_SCHEMAS = Regex("claude-(2|3|instant).*|claude-(sonnet|opus)-4(-0|-1|-20\\d+)?(-20\\d+)?(@.*)?")

/** Whether the API has words for [schema]: not for properties of any name, and not for what contains itself. */
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

/** [schema] with objects that have no further properties, as the API wants them, and without what it refuses. */
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
