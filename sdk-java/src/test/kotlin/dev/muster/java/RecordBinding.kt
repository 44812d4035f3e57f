package dev.muster.java

import dev.muster.agent.Description
import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.java.json.JsonBinding
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.ParameterizedType
import java.lang.reflect.RecordComponent
import java.lang.reflect.Type
import java.math.BigDecimal
import java.util.Optional
import java.util.OptionalInt

/**
 * A small JSON binding without Jackson: records of plain values, enums, lists, maps and optional values. The facade's
 * own tests run with it, which also shows that it needs nothing but the interface. `binding/jackson` tests the rest.
 */
@OptIn(ExperimentalMusterApi::class)
class RecordBinding : JsonBinding {
    override fun schema(type: Type): Map<String, Any?> {
        require(isKnown(type)) { "${type.typeName} has no JSON schema" }
        return schemaOf(type)
    }

    @Suppress("UNCHECKED_CAST") // Like every JSON binding: the caller chooses T by the type.
    override fun <T : Any> read(json: String, type: Type): T = value(Json.parseToJsonElement(json), type) as T

    override fun members(json: String): Map<String, String> =
        Json.parseToJsonElement(json).jsonObject.filterValues { it != JsonNull }.mapValues { it.value.toString() }

    override fun checkResult(type: Type) = Unit

    override fun write(value: Any?): String = element(value).toString()

    private fun isKnown(type: Type): Boolean = when (type) {
        is Class<*> -> true
        is ParameterizedType -> type.actualTypeArguments.all(::isKnown)
        else -> false
    }

    private fun schemaOf(type: Type): Map<String, Any?> {
        val raw = raw(type)
        return when {
            raw == String::class.java -> mapOf("type" to "string")

            raw in WHOLE -> mapOf("type" to "integer")

            raw in FRACTIONS -> mapOf("type" to "number")

            raw in BOOLEANS -> mapOf("type" to "boolean")

            raw == OptionalInt::class.java -> mapOf("type" to listOf("integer", "null"))

            raw == Optional::class.java -> schemaOf(argument(type, 0)).let {
                it + ("type" to listOf(it["type"], "null"))
            }

            raw == List::class.java -> mapOf("type" to "array", "items" to schemaOf(argument(type, 0)))

            raw == Map::class.java -> mapOf("type" to "object", "additionalProperties" to schemaOf(argument(type, 1)))

            raw.isEnum -> mapOf("type" to "string", "enum" to raw.enumConstants.map { it.toString() })

            raw.isRecord -> objectOf(raw.recordComponents.toList(), raw)

            else -> throw IllegalArgumentException("${type.typeName} has no JSON schema")
        }
    }

    private fun objectOf(components: List<RecordComponent>, of: Class<*>) = mapOf(
        "type" to "object",
        "properties" to components.associate {
            val description = of.getDeclaredField(it.name).getAnnotation(Description::class.java)
            it.name to schemaOf(it.genericType) + listOfNotNull(description).map { text -> "description" to text.value }
        },
        "required" to components.filterNot { it.type in EMPTY }.map { it.name },
        "additionalProperties" to false,
    )

    private fun value(json: JsonElement, type: Type): Any? {
        val raw = raw(type)
        return when {
            json == JsonNull -> EMPTY[raw] ?: throw IllegalArgumentException("null is not allowed")
            raw == Optional::class.java -> Optional.of(value(json, argument(type, 0))!!)
            raw == OptionalInt::class.java -> OptionalInt.of(value(json, Int::class.java) as Int)
            json is JsonArray -> json.map { value(it, argument(type, 0)) }
            json is JsonObject && raw == Map::class.java -> json.mapValues { value(it.value, argument(type, 1)) }
            json is JsonObject -> record(json, raw)
            else -> plain((json as JsonPrimitive).content, raw)
        }
    }

    private fun plain(text: String, raw: Class<*>): Any = when {
        raw == String::class.java -> text
        raw.isEnum -> raw.enumConstants.single { it.toString() == text }
        raw in BOOLEANS -> text.toBooleanStrict()
        else -> number(BigDecimal(text), raw)
    }

    private fun number(number: BigDecimal, raw: Class<*>): Any = try {
        when (raw) {
            Int::class.java, Int::class.javaObjectType -> number.intValueExact()
            Long::class.java, Long::class.javaObjectType -> number.longValueExact()
            else -> number.toDouble()
        }
    } catch (e: ArithmeticException) {
        throw IllegalArgumentException("$number is too large", e)
    }

    private fun record(json: JsonObject, raw: Class<*>): Any {
        val arguments = raw.recordComponents.map { value(json[it.name] ?: JsonNull, it.genericType) }
        val constructor = raw.getDeclaredConstructor(*raw.recordComponents.map { it.type }.toTypedArray())
        constructor.isAccessible = true
        return try {
            constructor.newInstance(*arguments.toTypedArray())
        } catch (e: InvocationTargetException) {
            throw e.targetException as? Error ?: IllegalArgumentException(e.targetException.message, e)
        }
    }

    private fun element(value: Any?): JsonElement = when (value) {
        null -> JsonNull
        is Number -> JsonPrimitive(value)
        is Boolean -> JsonPrimitive(value)
        is List<*> -> JsonArray(value.map(::element))
        is Map<*, *> -> JsonObject(value.entries.associate { it.key.toString() to element(it.value) })
        is Optional<*> -> element(value.orElse(null))
        is Record -> JsonObject(value.javaClass.recordComponents.associate { it.name to element(read(it, value)) })
        else -> JsonPrimitive(value.toString())
    }

    private fun read(component: RecordComponent, record: Record): Any? =
        component.accessor.apply { isAccessible = true }.invoke(record)

    private fun raw(type: Type): Class<*> = if (type is ParameterizedType) raw(type.rawType) else type as Class<*>

    private fun argument(type: Type, index: Int): Type = (type as ParameterizedType).actualTypeArguments[index]

    private companion object {
        val WHOLE = types(Int::class, Long::class)
        val FRACTIONS = types(Double::class)
        val BOOLEANS = types(Boolean::class)

        /** The empty values of the optional types. */
        val EMPTY: Map<Class<*>, Any> =
            mapOf(Optional::class.java to Optional.empty<Any>(), OptionalInt::class.java to OptionalInt.empty())

        fun types(vararg types: kotlin.reflect.KClass<*>): List<Class<*>> =
            types.flatMap { listOf(it.javaPrimitiveType!!, it.javaObjectType) }
    }
}
