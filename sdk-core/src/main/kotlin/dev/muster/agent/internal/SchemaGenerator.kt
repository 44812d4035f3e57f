package dev.muster.agent.internal

import dev.muster.agent.Description
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.descriptors.PolymorphicKind
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.SerialKind
import kotlinx.serialization.descriptors.StructureKind
import kotlinx.serialization.descriptors.elementDescriptors
import kotlinx.serialization.descriptors.nullable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonClassDiscriminator

/**
 * How tools' arguments and structured answers are read and written: what a model adds is passed over, and a null for
 * what has a default is as good as nothing.
 */
@OptIn(ExperimentalSerializationApi::class)
internal val AGENT_JSON: Json = Json {
    ignoreUnknownKeys = true
    explicitNulls = false
    coerceInputValues = true
}

/**
 * The JSON schema of what [descriptor] describes. A property is required unless it is nullable or has a default. What
 * contains itself stands in `$defs`; all else stands where it is used, which every provider reads.
 *
 * @throws IllegalArgumentException where there is none: open polymorphism, or keys of a map that are no strings
 */
internal fun schemaOf(descriptor: SerialDescriptor): Map<String, Any?> = SchemaGenerator().root(descriptor)

@OptIn(ExperimentalSerializationApi::class)
private class SchemaGenerator {
    /**
     * What contains itself, with the key it has in `$defs`. Not by name: a box of boxes holds no box like itself. A
     * type and its nullable form are one: both stand here as the nullable one.
     */
    private val recursive = LinkedHashMap<SerialDescriptor, String>()
    private val definitions = LinkedHashMap<String, Any?>()

    fun root(descriptor: SerialDescriptor): Map<String, Any?> {
        findRecursive(descriptor, emptyList())
        val schema = described(body(descriptor), null, descriptor).orNull(descriptor.carried.isNullable)
        return if (definitions.isEmpty()) schema else schema + ("\$defs" to definitions)
    }

    private fun findRecursive(descriptor: SerialDescriptor, above: List<SerialDescriptor>) {
        val own = descriptor.nullable
        if (own in above) {
            recursive.getOrPut(own) { keyOf(own.plainName) }
            return
        }
        require(above.size < MAX_DEPTH) {
            "${above.first().plainName} has no JSON schema: it holds ever new types, or $MAX_DEPTH in one another"
        }
        if (own.plainName in ANY_JSON) return
        own.elementDescriptors.forEach { findRecursive(it, if (own.isNamed) above + own else above) }
    }

    private fun keyOf(name: String): String {
        val short = name.substringAfterLast('.').filter { it.isLetterOrDigit() || it == '_' }.ifEmpty { "Type" }
        return generateSequence(1) { it + 1 }
            .map { if (it == 1) short else "$short$it" }
            .first { it !in recursive.values }
    }

    private fun schema(descriptor: SerialDescriptor, use: List<Annotation> = emptyList()): Map<String, Any?> {
        val description = use.description()
        val isNullable = descriptor.carried.isNullable
        val key = recursive[descriptor.nullable]
            ?: return described(body(descriptor), description, descriptor).orNull(isNullable)
        if (key !in definitions) {
            // Its place is taken before its body is written, which refers to it.
            definitions[key] = emptyMap<String, Any?>()
            definitions[key] = described(body(descriptor), null, descriptor)
        }
        val reference = mapOf<String, Any?>("\$ref" to "#/\$defs/$key").orNull(isNullable)
        return if (description == null) reference else reference + (DESCRIPTION to description)
    }

    private fun described(schema: Map<String, Any?>, description: String?, descriptor: SerialDescriptor) =
        (description ?: descriptor.annotations.description())?.let { schema + (DESCRIPTION to it) } ?: schema

    private fun body(descriptor: SerialDescriptor): Map<String, Any?> = when {
        descriptor.isInline -> body(descriptor.getElementDescriptor(0))

        descriptor.plainName in ANY_JSON -> emptyMap()

        else -> when (val kind = descriptor.kind) {
            is PrimitiveKind -> type(typeOf(kind))

            SerialKind.ENUM ->
                type("string") + ("enum" to List(descriptor.elementsCount) { descriptor.getElementName(it) })

            StructureKind.LIST -> type("array") + ("items" to schema(descriptor.getElementDescriptor(0)))

            StructureKind.MAP -> map(descriptor)

            StructureKind.CLASS, StructureKind.OBJECT -> obj(descriptor, emptyMap())

            PolymorphicKind.SEALED -> sealed(descriptor)

            PolymorphicKind.OPEN, SerialKind.CONTEXTUAL -> throw IllegalArgumentException(
                "${descriptor.serialName} has no JSON schema: $kind says only at run time what it holds. " +
                    "Use a sealed class or interface",
            )
        }
    }

    private fun typeOf(kind: PrimitiveKind): String = when (kind) {
        PrimitiveKind.BOOLEAN -> "boolean"
        PrimitiveKind.BYTE, PrimitiveKind.SHORT, PrimitiveKind.INT, PrimitiveKind.LONG -> "integer"
        PrimitiveKind.FLOAT, PrimitiveKind.DOUBLE -> "number"
        PrimitiveKind.CHAR, PrimitiveKind.STRING -> "string"
    }

    private fun map(descriptor: SerialDescriptor): Map<String, Any?> {
        val key = descriptor.getElementDescriptor(0).carried
        require(!key.isNullable && (key.kind is PrimitiveKind || key.kind == SerialKind.ENUM)) {
            "A map with keys of ${key.serialName} has no JSON schema: keys are strings, numbers or enums"
        }
        return type("object") + ("additionalProperties" to schema(descriptor.getElementDescriptor(1)))
    }

    private fun obj(descriptor: SerialDescriptor, first: Map<String, Any?>): Map<String, Any?> {
        val own = (0 until descriptor.elementsCount).associate {
            descriptor.getElementName(it) to
                schema(descriptor.getElementDescriptor(it), descriptor.getElementAnnotations(it))
        }
        val required = (0 until descriptor.elementsCount)
            .filter { !descriptor.isElementOptional(it) && !descriptor.getElementDescriptor(it).isNullable }
            .map { descriptor.getElementName(it) }
        return objectSchema(first + own, first.keys + required)
    }

    /** One of its subclasses, each with the property that says which it is. */
    private fun sealed(descriptor: SerialDescriptor): Map<String, Any?> {
        val discriminator = descriptor.annotations
            .firstNotNullOfOrNull { (it as? JsonClassDiscriminator)?.discriminator } ?: "type"
        val subclasses = descriptor.getElementDescriptor(1).elementDescriptors.map { subclass ->
            require(subclass.kind == StructureKind.CLASS || subclass.kind == StructureKind.OBJECT) {
                "${subclass.serialName} has no JSON schema as a ${descriptor.serialName}: it is no object"
            }
            val which = type("string") + ("enum" to listOf(subclass.serialName))
            described(obj(subclass, mapOf(discriminator to which)), null, subclass)
        }
        return mapOf("anyOf" to subclasses)
    }

    private fun List<Annotation>.description() = firstNotNullOfOrNull { (it as? Description)?.value }

    /** The descriptor of the value that is written, where this is one of a value class. */
    private val SerialDescriptor.carried: SerialDescriptor
        get() = if (isInline && !isNullable) getElementDescriptor(0).carried else this

    private val SerialDescriptor.plainName get() = serialName.removeSuffix("?")

    /** Lists and maps all bear the same name, whatever they hold. */
    private val SerialDescriptor.isNamed get() = kind == StructureKind.CLASS || kind == PolymorphicKind.SEALED
}

/** The schema of an object with exactly [properties], of which the [required] ones must be there. */
internal fun objectSchema(properties: Map<String, Any?>, required: Collection<String>): Map<String, Any?> = linkedMapOf(
    "type" to "object",
    "properties" to properties,
    "required" to required.toList(),
    "additionalProperties" to false,
)

/** This schema, or null. An enum stays one of its own: null among its values is not what every provider takes. */
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

/** What may hold any JSON. */
private val ANY_JSON =
    listOf("JsonElement", "JsonPrimitive", "JsonNull", "JsonObject", "JsonArray").map {
        "kotlinx.serialization.json.$it"
    }
