package dev.muster.openai.internal

/**
 * Converts [schema] to OpenAI's strict mode, or returns null if strict mode cannot express it. In strict mode an object
 * has all of its properties and no others; an optional property is null instead. Maps, which have properties of any
 * name, cannot be expressed.
 */
internal fun strictSchema(schema: Map<String, Any?>): Map<String, Any?>? {
    if (schema["type"] != "object") return null
    return try {
        strict(schema)
    } catch (_: NotStrictException) {
        null
    }
}

private class NotStrictException : RuntimeException(null, null, false, false)

private fun notStrict(): Nothing = throw NotStrictException()

private fun strict(schema: Any?): Map<String, Any?> {
    // An empty schema, like `true`, accepts anything. Strict mode refuses both.
    if (schema !is Map<*, *> || !isSayable(schema)) notStrict()
    val words = schema.entries.filter { it.key !in DROPPED }.associate { (key, value) ->
        key.toString() to
            when (key) {
                in OF_NAMES -> (value as? Map<*, *>)?.mapValues { strict(it.value) } ?: notStrict()
                "items" -> strict(value)
                "anyOf" -> (value as? List<*>)?.map { strict(it) } ?: notStrict()
                else -> value
            }
    }
    return when {
        isObject(schema["type"]) -> closed(words)
        "\$ref" in words && words.size > 1 -> besides(words)
        else -> words
    }
}

private fun isSayable(schema: Map<*, *>) = schema.keys.none { it in UNKNOWN } && KINDS.any { it in schema }

private fun isObject(type: Any?) = type == "object" || (type is List<*> && "object" in type)

private fun closed(schema: Map<String, Any?>): Map<String, Any?> {
    val properties = schema["properties"] as? Map<*, *>
    val open = schema["additionalProperties"].let { it != null && it != false }
    if (properties == null || open) notStrict()
    val required = (schema["required"] as? Collection<*>).orEmpty()
    val all = properties.mapValues { (name, value) ->
        if (name in required) value else orNull((value as Map<*, *>).mapKeys { it.key.toString() })
    }
    return schema + mapOf("properties" to all, "required" to all.keys.toList(), "additionalProperties" to false)
}

/** Strict mode allows nothing next to a `$ref`. */
private fun besides(schema: Map<String, Any?>): Map<String, Any?> =
    mapOf<String, Any?>("anyOf" to listOf(mapOf("\$ref" to schema["\$ref"]))) + (schema - "\$ref" - "\$defs") +
        schema.filterKeys { it == "\$defs" }

private fun orNull(schema: Map<String, Any?>): Map<String, Any?> {
    val type = schema["type"]
    val options = schema["anyOf"] as? List<*>
    return when {
        type is List<*> -> if ("null" in type) schema else schema + ("type" to type + "null")

        type != null && "enum" !in schema && "const" !in schema -> schema + ("type" to listOf(type, "null"))

        options != null -> if (NULL in options) schema else schema + ("anyOf" to options + NULL)

        else -> {
            val description = schema.filterKeys { it == "description" }
            mapOf<String, Any?>("anyOf" to listOf(schema - "description", NULL)) + description
        }
    }
}

private val OF_NAMES = setOf("properties", "\$defs", "definitions")

private val NULL = mapOf("type" to "null")

/** A schema must have one of these keywords. */
private val KINDS = setOf("type", "anyOf", "\$ref", "enum", "const")

/** Keywords that do not constrain the model, and that strict mode refuses. */
private val DROPPED = setOf("default", "\$schema", "\$id", "examples", "title")

private val UNKNOWN =
    setOf(
        "allOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "dependentRequired",
        "dependentSchemas",
        "patternProperties",
        "propertyNames",
        "prefixItems",
        "contains",
        "uniqueItems",
    )
