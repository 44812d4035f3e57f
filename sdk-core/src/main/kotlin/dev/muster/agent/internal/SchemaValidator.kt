package dev.muster.agent.internal

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import java.util.Collections
import java.util.IdentityHashMap
import java.util.regex.PatternSyntaxException

/**
 * Validates JSON against a JSON schema, with error messages for the model that wrote the JSON. Supports the keywords
 * that schemas of tools use and ignores all others. A library for all of JSON Schema would exceed the size limit of the
 * class path.
 */
internal class SchemaValidator(
    private val root: Map<String, Any?>,
    /** The name of the root value in error messages. */
    private val subject: String = "the arguments",
    /** Whether unknown properties are ignored, and null for an optional property counts as missing. */
    private val isLenient: Boolean = false,
) {
    /** Returns the first few validation errors of [json]; empty if it is valid. */
    fun faultsOf(json: JsonElement): List<String> = inspect(json).faults

    /** Validates [json]. */
    fun inspect(json: JsonElement): Inspected {
        val inspection = Inspection().also { it.check("", json, root, 0) }
        return Inspected(inspection.faults.take(MAX_FAULTS), json, inspection.fractional)
    }

    private inner class Inspection {
        val faults = ArrayList<String>()
        val fractional: MutableSet<JsonPrimitive> = Collections.newSetFromMap(IdentityHashMap())

        /** How often an enum with a single value, such as a discriminator, did not match. */
        var others = 0

        fun check(at: String, json: JsonElement, schema: Any?, references: Int) {
            if (faults.size >= MAX_FAULTS) return
            if (schema == false) fault(at, "is not allowed")
            if (schema !is Map<*, *>) return
            schema["\$ref"]?.let { reference ->
                // A reference that only leads back to itself allows anything.
                if (references < MAX_REFERENCES) check(at, json, resolve(reference), references + 1)
            }
            if (!checkType(at, json, schema["type"])) return
            checkValue(at, json, schema)
            when (json) {
                is JsonObject -> checkObject(at, json, schema)

                is JsonArray -> checkArray(at, json, schema)

                is JsonPrimitive -> if (json.isString) {
                    checkString(at, json.content, schema)
                } else {
                    checkNumber(at, json, schema)
                }
            }
            checkCombined(at, json, schema, references)
        }

        private fun fault(at: String, what: String) {
            faults += "${if (at.isEmpty()) subject else at.take(MAX_PATH)} $what"
        }

        private fun checkType(at: String, json: JsonElement, type: Any?): Boolean {
            val allowed = (type as? List<*>) ?: listOfNotNull(type)
            if (allowed.isEmpty() || allowed.any { json.isOf(it) }) {
                val wantsInteger = "integer" in allowed && "number" !in allowed
                if (wantsInteger && json is JsonPrimitive && json.isFractional()) fractional += json
                return true
            }
            fault(at, "must be ${allowed.joinToString(" or ")}, not ${json.typeName()}")
            return false
        }

        private fun checkValue(at: String, json: JsonElement, schema: Map<*, *>) {
            val enum = schema["enum"] as? List<*>
            if (enum != null && enum.none { json.isSameAs(it) }) {
                if (enum.size == 1) others++
                fault(at, "must be one of ${enum.joinToString()}")
            }
            if ("const" in schema && !json.isSameAs(schema["const"])) fault(at, "must be ${schema["const"]}")
        }

        private fun checkObject(at: String, json: JsonObject, schema: Map<*, *>) {
            val properties = schema["properties"] as? Map<*, *> ?: emptyMap<Any, Any>()
            val required = (schema["required"] as? List<*>).orEmpty()
            val missing = required.filter { it !in json }
            missing.forEach { fault(at.dot(it.toString()), "is missing") }
            // An unknown property next to a missing one is most likely that property under a wrong name.
            val ignoresUnknown = isLenient && missing.isEmpty()
            json.forEach { (name, value) ->
                when {
                    isLenient && value == JsonNull && name in properties && name !in required -> Unit

                    name in properties -> check(at.dot(name), value, properties[name], 0)

                    schema["additionalProperties"] == false -> if (!ignoresUnknown) {
                        fault(at.dot(name), "is unknown: the properties are ${properties.keys.joinToString()}")
                    }

                    else -> check(at.dot(name), value, schema["additionalProperties"], 0)
                }
            }
        }

        private fun checkArray(at: String, json: JsonArray, schema: Map<*, *>) {
            checkSize(at, json.size, schema, "Items")
            json.forEachIndexed { index, item -> check("$at[$index]", item, schema["items"], 0) }
        }

        private fun checkSize(at: String, size: Int, schema: Map<*, *>, what: String) {
            val things = if (what == "Items") "items" else "characters"
            val least = schema.number("min$what")
            if (least != null && size < least) fault(at, "must have ${schema["min$what"]} $things or more")
            val most = schema.number("max$what")
            if (most != null && size > most) fault(at, "must have ${schema["max$what"]} $things or less")
        }

        private fun checkString(at: String, text: String, schema: Map<*, *>) {
            val length = text.codePointCount(0, text.length)
            checkSize(at, length, schema, "Length")
            (schema["pattern"] as? String)?.let { if (!mayMatch(it, text)) fault(at, "must match $it") }
        }

        private fun checkNumber(at: String, json: JsonPrimitive, schema: Map<*, *>) {
            val number = json.numberOrNull() ?: return
            schema.number("minimum")?.let { if (number < it) fault(at, "must be ${schema["minimum"]} or more") }
            schema.number("maximum")?.let { if (number > it) fault(at, "must be ${schema["maximum"]} or less") }
            schema.number("exclusiveMinimum")?.let {
                if (number <= it) fault(at, "must be more than ${schema["exclusiveMinimum"]}")
            }
            schema.number("exclusiveMaximum")?.let {
                if (number >= it) fault(at, "must be less than ${schema["exclusiveMaximum"]}")
            }
        }

        private fun checkCombined(at: String, json: JsonElement, schema: Map<*, *>, references: Int) {
            (schema["allOf"] as? List<*>)?.forEach { check(at, json, it, references) }
            (schema["anyOf"] as? List<*>)?.let { checkAlternatives(at, json, it, references, exactlyOne = false) }
            (schema["oneOf"] as? List<*>)?.let { checkAlternatives(at, json, it, references, exactlyOne = true) }
        }

        private fun checkAlternatives(
            at: String,
            json: JsonElement,
            alternatives: List<*>,
            references: Int,
            exactlyOne: Boolean,
        ) {
            val found = alternatives.map { Inspection().also { check -> check.check(at, json, it, references) } }
            val fitting = found.filter { it.faults.isEmpty() }
            fitting.forEach { fractional += it.fractional }
            when {
                // The errors of the closest alternative say best what to correct.
                fitting.isEmpty() ->
                    found.minWithOrNull(compareBy({ it.others }, { it.faults.size }))?.let { faults += it.faults }

                exactlyOne && fitting.size > 1 ->
                    fault(at, "matches ${fitting.size} of the alternatives, but must match exactly one")
            }
        }

        private fun resolve(reference: Any?): Any? {
            val pointer = reference.toString()
            if (pointer == "#") return root
            if (!pointer.startsWith("#/")) return null
            return pointer.removePrefix("#/").split('/').fold(root as Any?) { schema, part ->
                (schema as? Map<*, *>)?.get(part.replace("~1", "/").replace("~0", "~"))
            }
        }
    }

    private companion object {
        const val MAX_FAULTS = 5
        const val MAX_REFERENCES = 32
        const val MAX_PATH = 200
    }
}

/** Whether [text] matches [pattern]. Also true if Java cannot compile the pattern or overflows the stack on it. */
private fun mayMatch(pattern: String, text: String): Boolean = try {
    Regex(pattern).containsMatchIn(text)
} catch (_: PatternSyntaxException) {
    true
} catch (_: StackOverflowError) {
    // Java's matcher recurses once for each repetition of a group.
    true
}

private fun String.dot(name: String) = if (isEmpty()) name else "$this.$name"

private fun Map<*, *>.number(keyword: String): Double? = (this[keyword] as? Number)?.toDouble()

private fun JsonPrimitive.numberOrNull(): Double? = if (isString) null else content.toDoubleOrNull()

private fun JsonElement.typeName(): String = when (this) {
    is JsonObject -> "object"

    is JsonArray -> "array"

    JsonNull -> "null"

    is JsonPrimitive -> if (isString) {
        "string"
    } else if (booleanOrNull != null) {
        "boolean"
    } else {
        "number"
    }
}

/** A number without a fractional part is an integer, in any notation. */
private fun JsonElement.isOf(type: Any?): Boolean = if (type == "integer") {
    typeName() == "number" && (this as JsonPrimitive).numberOrNull().let { it != null && it % 1 == 0.0 }
} else {
    typeName() == type
}

private fun JsonPrimitive.isFractional() = !isString && content.any { it in ".eE" }

@Suppress("CyclomaticComplexMethod") // A line for each kind of value.
private fun JsonElement.isSameAs(value: Any?): Boolean = when (value) {
    null -> this == JsonNull
    is Number -> this is JsonPrimitive && numberOrNull() == value.toDouble()
    is Boolean -> this is JsonPrimitive && !isString && booleanOrNull == value
    is Map<*, *> -> this is JsonObject && keys == value.keys && all { (name, member) -> member.isSameAs(value[name]) }
    is List<*> -> this is JsonArray && size == value.size && indices.all { this[it].isSameAs(value[it]) }
    else -> this is JsonPrimitive && isString && content == value.toString()
}
