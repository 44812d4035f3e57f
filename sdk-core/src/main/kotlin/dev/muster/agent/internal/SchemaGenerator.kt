package dev.muster.agent.internal

import dev.muster.agent.Description
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.descriptors.PolymorphicKind
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.SerialKind
import kotlinx.serialization.descriptors.StructureKind
import kotlinx.serialization.descriptors.nullable
import kotlinx.serialization.json.Json

/**
 * Returns the JSON schema of the type that [descriptor] describes. A property is required unless it is nullable or has
 * a default. Recursive types go to `$defs`; all others are written inline, which every provider can read.
 *
 * @param json supplies the serializers of contextual and open polymorphic types, and the names
 * @throws IllegalArgumentException if the type has no schema, or if [json] could not read what the schema allows; the
 *   message says what to do
 */
internal fun schemaOf(descriptor: SerialDescriptor, json: Json = Json): Map<String, Any?> =
    SchemaGenerator(json).root(descriptor)

@OptIn(ExperimentalSerializationApi::class)
private class SchemaGenerator(json: Json) {
    private val types = SerialTypes(json)

    /**
     * The recursive types, with their keys in `$defs`. By descriptor, not by name: a box of boxes of strings is not
     * recursive. A type and its nullable variant share the entry of the nullable one.
     */
    private val recursive = LinkedHashMap<SerialDescriptor, String>()
    private val definitions = LinkedHashMap<String, Any?>()

    fun root(descriptor: SerialDescriptor): Map<String, Any?> {
        val own = types.resolve(descriptor)
        findRecursive(own, emptyList())
        val schema = described(body(own), null, own).orNull(types.carried(own).isNullable)
        return if (definitions.isEmpty()) schema else schema + ("\$defs" to definitions)
    }

    private fun findRecursive(descriptor: SerialDescriptor, above: List<SerialDescriptor>) {
        val own = types.resolve(descriptor).nullable
        if (own in above) {
            recursive.getOrPut(own) { keyOf(own.plainName) }
            return
        }
        require(above.size < MAX_DEPTH) {
            "${above.first().plainName} has no JSON schema: it has endless new types, or more than $MAX_DEPTH levels"
        }
        if (own.plainName in ANY_JSON) return
        types.parts(own).forEach { findRecursive(it, if (own.isNamed) above + own else above) }
    }

    private fun keyOf(name: String): String {
        val short = name.substringAfterLast('.').filter { it.isLetterOrDigit() || it == '_' }.ifEmpty { "Type" }
        return generateSequence(1) { it + 1 }
            .map { if (it == 1) short else "$short$it" }
            .first { it !in recursive.values }
    }

    private fun schema(descriptor: SerialDescriptor, use: List<Annotation> = emptyList()): Map<String, Any?> {
        val own = types.resolve(descriptor)
        val description = use.description()
        val isNullable = types.carried(own).isNullable
        val key = recursive[own.nullable] ?: return described(body(own), description, own).orNull(isNullable)
        if (key !in definitions) {
            // The key is taken before the body is built, because the body refers to it.
            definitions[key] = emptyMap<String, Any?>()
            definitions[key] = described(body(own), null, own)
        }
        val reference = mapOf<String, Any?>("\$ref" to "#/\$defs/$key").orNull(isNullable)
        return if (description == null) reference else reference + (DESCRIPTION to description)
    }

    private fun described(schema: Map<String, Any?>, description: String?, descriptor: SerialDescriptor) =
        (description ?: descriptor.annotations.description())?.let { schema + (DESCRIPTION to it) } ?: schema

    private fun body(descriptor: SerialDescriptor): Map<String, Any?> = when {
        descriptor.isInline -> body(types.resolve(descriptor.getElementDescriptor(0)))

        descriptor.plainName in ANY_JSON -> ANY_JSON.getValue(descriptor.plainName)

        else -> when (val kind = descriptor.kind) {
            is PrimitiveKind -> primitive(descriptor, kind)
            SerialKind.ENUM -> type("string") + ("enum" to types.constants(descriptor))
            StructureKind.LIST -> type("array") + ("items" to schema(descriptor.getElementDescriptor(0)))
            StructureKind.MAP -> map(descriptor)
            StructureKind.CLASS, StructureKind.OBJECT -> obj(descriptor, emptyMap())
            is PolymorphicKind -> oneOf(descriptor)
            SerialKind.CONTEXTUAL -> throw types.unknown(descriptor)
        }
    }

    private fun primitive(descriptor: SerialDescriptor, kind: PrimitiveKind): Map<String, Any?> {
        val format = FORMATS[descriptor.plainName.substringBefore('/')]?.takeIf { kind.isText }
        return if (format == null) type(typeOf(kind)) else type(typeOf(kind)) + (DESCRIPTION to format)
    }

    private val PrimitiveKind.isText get() = this == PrimitiveKind.STRING || this == PrimitiveKind.CHAR

    private fun typeOf(kind: PrimitiveKind): String = when (kind) {
        PrimitiveKind.BOOLEAN -> "boolean"
        PrimitiveKind.BYTE, PrimitiveKind.SHORT, PrimitiveKind.INT, PrimitiveKind.LONG -> "integer"
        PrimitiveKind.FLOAT, PrimitiveKind.DOUBLE -> "number"
        PrimitiveKind.CHAR, PrimitiveKind.STRING -> "string"
    }

    /** Enum keys are listed as properties, because few providers support `propertyNames`. */
    private fun map(descriptor: SerialDescriptor): Map<String, Any?> {
        val key = types.keyOf(descriptor)
        val value = schema(descriptor.getElementDescriptor(1))
        val names = if (key.kind == SerialKind.ENUM) types.constants(key) else emptyList()
        val shown = if (names.isEmpty()) emptyMap() else mapOf("properties" to names.associateWith { value })
        return type("object") + shown + ("additionalProperties" to value)
    }

    private fun obj(descriptor: SerialDescriptor, first: Map<String, Any?>): Map<String, Any?> {
        val names = types.namesOf(descriptor)
        val own = names.withIndex().associate { (at, name) ->
            name to schema(descriptor.getElementDescriptor(at), descriptor.getElementAnnotations(at))
        }
        val required = names.filterIndexed { at, _ ->
            !descriptor.isElementOptional(at) && !descriptor.getElementDescriptor(at).isNullable
        }
        return objectSchema(first + own, first.keys + required)
    }

    /** The schema for any of the subclasses, each with its discriminator property. */
    private fun oneOf(descriptor: SerialDescriptor): Map<String, Any?> {
        val discriminator = types.discriminatorOf(descriptor)
        val subclasses = types.subclassesOf(descriptor).map { subclass ->
            val which = type("string") + ("enum" to listOf(subclass.serialName))
            described(obj(subclass, mapOf(discriminator to which)), null, subclass)
        }
        return mapOf("anyOf" to subclasses)
    }

    private fun List<Annotation>.description() = firstNotNullOfOrNull { (it as? Description)?.value }

    /** Whether the name identifies the type. All lists and all maps have the same name, whatever they contain. */
    private val SerialDescriptor.isNamed get() = kind == StructureKind.CLASS || kind is PolymorphicKind
}

/** Returns the schema of an object with these [properties] and no others. */
internal fun objectSchema(properties: Map<String, Any?>, required: Collection<String>): Map<String, Any?> = linkedMapOf(
    "type" to "object",
    "properties" to properties,
    "required" to required.toList(),
    "additionalProperties" to false,
)

/**
 * Returns a schema that also allows null. An enum becomes an alternative: not every provider accepts null as a value.
 */
private fun Map<String, Any?>.orNull(nullable: Boolean): Map<String, Any?> {
    val type = this["type"] as? String
    return when {
        !nullable || isEmpty() -> this

        type == null || "enum" in this ->
            mapOf<String, Any?>("anyOf" to listOf(this - DESCRIPTION, type("null"))) + filterKeys { it == DESCRIPTION }

        else -> this + ("type" to listOf(type, "null"))
    }
}

private fun type(name: String): Map<String, Any?> = mapOf("type" to name)

private const val DESCRIPTION = "description"

/** The types that may contain any JSON, any object or any array. */
private val ANY_JSON: Map<String, Map<String, Any?>> = mapOf(
    "JsonElement" to emptyMap<String, Any?>(),
    "JsonPrimitive" to emptyMap(),
    "JsonNull" to emptyMap(),
    "JsonObject" to type("object") + ("additionalProperties" to emptyMap<String, Any?>()),
    "JsonArray" to type("array") + ("items" to emptyMap<String, Any?>()),
).mapKeys { "kotlinx.serialization.json.${it.key}" }

/** Descriptions for library types that are written as strings in a particular format. */
private val FORMATS: Map<String, String> = mapOf(
    "kotlin.Char" to "One character",
    "kotlin.time.Duration" to "ISO 8601 duration, such as PT1H30M",
    "kotlin.time.Instant" to INSTANT,
    "kotlin.uuid.Uuid" to "UUID",
    "kotlinx.datetime.Instant" to INSTANT,
    "kotlinx.datetime.LocalDate" to "ISO 8601 date, such as 2026-01-31",
    "kotlinx.datetime.LocalDateTime" to "ISO 8601 date and time, such as 2026-01-31T08:30:00",
    "kotlinx.datetime.LocalTime" to "ISO 8601 time, such as 08:30:00",
)
private const val INSTANT = "ISO 8601 instant, such as 2026-01-31T08:30:00Z"
