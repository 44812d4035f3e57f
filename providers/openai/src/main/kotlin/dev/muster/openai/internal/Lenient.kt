package dev.muster.openai.internal

import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.SerializationException
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.StructureKind
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** Reads what is known and passes over the rest: endpoints add fields of their own everywhere. */
internal val WIRE_JSON = Json { ignoreUnknownKeys = true }

/**
 * Reads [text] as [form], or returns null if it is not one JSON value of that form. Gateways send ids as numbers,
 * counts as text and an object in place of a list of one: where the plain reading fails, such fields are fitted to the
 * form, and left out where they cannot be. Only those endpoints pay for the second reading.
 */
internal fun <T : Any> readWire(form: DeserializationStrategy<T>, text: String): T? = try {
    WIRE_JSON.decodeFromString(form, text)
} catch (_: SerializationException) {
    readFitted(form, text)
}

private fun <T : Any> readFitted(form: DeserializationStrategy<T>, text: String): T? = try {
    fitted(WIRE_JSON.parseToJsonElement(text), form.descriptor)?.let { WIRE_JSON.decodeFromJsonElement(form, it) }
} catch (_: SerializationException) {
    null
}

@OptIn(ExperimentalSerializationApi::class)
private fun fitted(element: JsonElement, form: SerialDescriptor): JsonElement? = when (form.kind) {
    StructureKind.CLASS -> fields(element, form)
    StructureKind.LIST -> elements(element)?.mapNotNull { fitted(it, form.getElementDescriptor(0)) }?.let(::JsonArray)
    PrimitiveKind.STRING -> scalar(element)?.let { JsonPrimitive(it) }
    PrimitiveKind.INT -> scalar(element)?.let(::number)?.let { JsonPrimitive(it) }
    else -> element
}

@OptIn(ExperimentalSerializationApi::class)
private fun fields(element: JsonElement, form: SerialDescriptor): JsonObject? {
    val values = element as? JsonObject ?: (element as? JsonArray)?.firstOrNull() as? JsonObject ?: return null
    val known = LinkedHashMap<String, JsonElement>()
    for (at in 0 until form.elementsCount) {
        val name = form.getElementName(at)
        values[name]?.let { fitted(it, form.getElementDescriptor(at)) }?.let { known[name] = it }
    }
    return JsonObject(known)
}

private fun elements(element: JsonElement): List<JsonElement>? = when (element) {
    is JsonArray -> element
    is JsonObject -> listOf(element)
    else -> null
}

private fun scalar(element: JsonElement): String? = (element as? JsonPrimitive)?.takeIf { it !is JsonNull }?.content

private fun number(text: String): Int? =
    text.toIntOrNull() ?: text.toDoubleOrNull()?.let { if (it == it.toInt().toDouble()) it.toInt() else null }
