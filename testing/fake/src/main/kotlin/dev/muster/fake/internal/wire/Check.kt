package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

/** Why a request is refused: the content of a provider's error body. */
internal class Violation(val message: String, val param: String?, val code: String?)

/**
 * A rule for one JSON value. Returns null if the value is valid. The field tables of the API formats consist of
 * these.
 */
internal fun interface Check {
    fun violation(value: JsonNode, path: String): Violation?
}

/** One row of a field table. */
internal class Row(val name: String, val required: Boolean, val check: Check, val nullable: Boolean = !required)

internal fun required(name: String, check: Check): Row = Row(name, true, check)

/** A field that must be present but may be null. */
internal fun present(name: String, check: Check): Row = Row(name, true, check, nullable = true)

/** A field that may be missing or null. */
internal fun optional(name: String, check: Check): Row = Row(name, false, check)

/** An object with exactly these fields. [extra] fields are accepted unchecked. */
internal class Fields(private val rows: Map<String, Row>, private val extra: Set<String> = emptySet()) : Check {
    constructor(vararg rows: Row) : this(rows.associateBy { it.name })

    fun allowing(names: Set<String>): Fields = if (names.isEmpty()) this else Fields(rows, extra + names)

    fun without(vararg names: String): Fields = Fields(rows - names.toSet(), extra)

    override fun violation(value: JsonNode, path: String): Violation? {
        if (!value.isObject) return wrongType(value, path, "an object")
        val unknown = value.fieldNames().asSequence().firstOrNull { it !in rows && it !in extra }
        if (unknown != null) {
            val at = child(path, unknown)
            return Violation("Unknown parameter: '$at'.", at, "unknown_parameter")
        }
        return rows.values.firstNotNullOfOrNull { row -> rowViolation(row, value.get(row.name), child(path, row.name)) }
    }

    private fun rowViolation(row: Row, value: JsonNode?, path: String): Violation? = when {
        value != null && !value.isNull -> row.check.violation(value, path)
        value != null && row.nullable -> null
        row.required -> Violation("Missing required parameter: '$path'.", path, "missing_required_parameter")
        else -> null
    }

    private fun child(path: String, name: String) = if (path.isEmpty()) name else "$path.$name"
}

internal val anything: Check = Check { _, _ -> null }

internal val boolean: Check =
    Check { value, path -> if (value.isBoolean) null else wrongType(value, path, "a boolean") }

internal val anyObject: Check =
    Check { value, path -> if (value.isObject) null else wrongType(value, path, "an object") }

internal fun string(minLength: Int = 0): Check = Check { value, path ->
    when {
        !value.isTextual -> wrongType(value, path, "a string")

        value.textValue().length < minLength -> invalid(
            path,
            "string too short, expected at least $minLength characters",
        )

        else -> null
    }
}

internal fun oneOf(vararg allowed: String): Check = Check { value, path ->
    when {
        !value.isTextual -> wrongType(value, path, "one of ${allowed.joinToString { "'$it'" }}")

        value.textValue() in allowed -> null

        else ->
            Violation(
                "Invalid value: '${value.textValue()}'. Supported values are: ${allowed.joinToString { "'$it'" }}.",
                path,
                "invalid_value",
            )
    }
}

internal fun integer(min: Long = Long.MIN_VALUE, max: Long = Long.MAX_VALUE): Check = Check { value, path ->
    when {
        !value.isIntegralNumber -> wrongType(value, path, "an integer")
        value.longValue() < min -> below(path, value, "integer", "$min")
        value.longValue() > max -> above(path, value, "integer", "$max")
        else -> null
    }
}

internal fun number(min: Double = Double.NEGATIVE_INFINITY, max: Double = Double.POSITIVE_INFINITY): Check =
    Check { value, path ->
        when {
            !value.isNumber -> wrongType(value, path, "a decimal")
            value.doubleValue() < min -> below(path, value, "decimal", "$min")
            value.doubleValue() > max -> above(path, value, "decimal", "$max")
            else -> null
        }
    }

internal fun list(item: Check, min: Int = 0, max: Int = Int.MAX_VALUE): Check = Check { value, path ->
    when {
        !value.isArray -> wrongType(value, path, "an array")

        value.size() < min ->
            Violation(
                "Invalid '$path': expected an array with at least $min element, got ${value.size()}.",
                path,
                if (value.isEmpty) "empty_array" else "array_below_min_length",
            )

        value.size() > max ->
            Violation(
                "Invalid '$path': expected an array with at most $max elements.",
                path,
                "array_above_max_length",
            )

        else -> value.withIndex().firstNotNullOfOrNull { (at, each) -> item.violation(each, "$path[$at]") }
    }
}

/** An object with arbitrary field names. */
internal fun valuesOf(item: Check): Check = Check { value, path ->
    if (!value.isObject) {
        wrongType(value, path, "an object")
    } else {
        value.properties().firstNotNullOfOrNull { (name, each) -> item.violation(each, "$path.$name") }
    }
}

/**
 * Checks a value with the first of [choices] that applies to it. If none applies, the type is wrong: [description]
 * names the valid types.
 */
internal fun either(description: String, vararg choices: Pair<(JsonNode) -> Boolean, Check>): Check =
    Check { value, path ->
        val choice = choices.firstOrNull { (applies, _) -> applies(value) }
        if (choice == null) wrongType(value, path, description) else choice.second.violation(value, path)
    }

/** Selects the table by the text of one field, such as a message's role. */
internal fun byField(name: String, tables: Map<String, Check>): Check = Check { value, path ->
    val tag = value.get(name)
    when {
        !value.isObject -> wrongType(value, path, "an object")

        tag == null || tag.isNull ->
            Violation("Missing required parameter: '$path.$name'.", "$path.$name", "missing_required_parameter")

        !tag.isTextual || tag.textValue() !in tables ->
            Violation(
                "Invalid value: $tag. Supported values are: ${tables.keys.joinToString { "'$it'" }}.",
                "$path.$name",
                "invalid_value",
            )

        else -> tables.getValue(tag.textValue()).violation(value, path)
    }
}

internal fun wrongType(value: JsonNode, path: String, expected: String): Violation {
    val got = value.nodeType.name.lowercase()
    return Violation("Invalid type for '$path': expected $expected, but got $got instead.", path, "invalid_type")
}

internal fun invalid(path: String, reason: String): Violation =
    Violation("Invalid '$path': $reason.", path, "invalid_value")

private fun below(path: String, value: JsonNode, kind: String, min: String) = Violation(
    "Invalid '$path': $kind below minimum value. Expected a value >= $min, but got $value instead.",
    path,
    "${kind}_below_min_value",
)

private fun above(path: String, value: JsonNode, kind: String, max: String) = Violation(
    "Invalid '$path': $kind above maximum value. Expected a value <= $max, but got $value instead.",
    path,
    "${kind}_above_max_value",
)
