package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

/** OpenAI's guide "Structured model outputs", "Supported schemas": what `strict` requires of [schema]. */
internal fun strictSchemaViolation(format: JsonNode, schema: JsonNode, path: String): Violation? {
    if (!format.path("strict").booleanValue()) return null
    if (schema.text("type") != "object") {
        return schemaViolation(path, "schema must be a JSON Schema of 'type: \"object\"'")
    }
    return walk(schema, path, ::strictViolation)
}

private fun strictViolation(schema: JsonNode, path: String): Violation? {
    val unknown = NOT_STRICT.firstOrNull { schema.has(it) }
    val names = schema.path("properties").fieldNames().asSequence().toList()
    val required = schema.path("required").map { it.textValue() }
    return when {
        unknown != null -> schemaViolation(path, "'$unknown' is not permitted")

        schema.has("\$ref") && schema.size() > 1 && !schema.has("\$defs") ->
            schemaViolation(path, "\$ref cannot have keywords beside it")

        schema.isEmpty -> schemaViolation(path, "schema must have a 'type' key")

        !isObject(schema) -> null

        !isClosed(schema) -> schemaViolation(path, "'additionalProperties' is required to be supplied and to be false")

        names.toSet() != required.toSet() ->
            schemaViolation(path, "'required' is required to be an array including every key in properties")

        else -> null
    }
}

/** Anthropic's page "Structured outputs", "JSON Schema limitations": what the API requires of [schema]. */
internal fun closedSchemaViolation(schema: JsonNode, path: String): Violation? = walk(schema, path) { each, at ->
    val unknown = NOT_CONSTRAINED.firstOrNull { each.has(it) }
    when {
        unknown != null -> schemaViolation(at, "For this type, property '$unknown' is not supported")

        isObject(each) && !isClosed(each) ->
            schemaViolation(at, "For 'object' type, 'additionalProperties' must be explicitly set to false")

        else -> null
    }
}

private fun isObject(schema: JsonNode): Boolean {
    val type = schema.path("type")
    return type.textValue() == "object" || type.any { it.textValue() == "object" }
}

private fun isClosed(schema: JsonNode) = schema.path("additionalProperties").let { it.isBoolean && !it.booleanValue() }

/** Applies [check] to [schema] and to all schemas in it. */
private fun walk(schema: JsonNode, path: String, check: (JsonNode, String) -> Violation?): Violation? {
    if (!schema.isObject) return null
    val own = check(schema, path)
    if (own != null) return own
    val inner =
        OF_NAMES.flatMap { word -> schema.path(word).properties().map { "$path.$word.${it.key}" to it.value } } +
            listOf("items", "additionalProperties").map { "$path.$it" to schema.path(it) } +
            schema.path("anyOf").mapIndexed { at, each -> "$path.anyOf[$at]" to each }
    return inner.firstNotNullOfOrNull { (at, each) -> walk(each, at, check) }
}

private fun schemaViolation(path: String, why: String) = Violation("Invalid schema at '$path': $why.", path, null)

private val OF_NAMES = listOf("properties", "\$defs", "definitions")

private val NOT_STRICT =
    listOf(
        "allOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "default",
        "patternProperties",
        "propertyNames",
        "uniqueItems",
    )

private val NOT_CONSTRAINED =
    listOf(
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "maxItems",
    )
