package dev.muster.openai.internal

import dev.muster.http.codec.PROVIDER_JSON
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.StructureKind
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * Parses [text] as [type], or returns null if it does not fit. Some gateways send ids as numbers, counts as text, or an
 * object instead of a list of one. If the first attempt fails, such fields are converted to [type], or left out if they
 * cannot be. So only those endpoints pay for the second parsing.
 */
internal fun <T : Any> readWire(type: DeserializationStrategy<T>, text: String): T? = try {
    PROVIDER_JSON.decodeFromString(type, text)
} catch (_: IllegalArgumentException) {
    readFitted(type, text)
}

private fun <T : Any> readFitted(type: DeserializationStrategy<T>, text: String): T? = try {
    fitted(PROVIDER_JSON.parseToJsonElement(text), type.descriptor)
        ?.let { PROVIDER_JSON.decodeFromJsonElement(type, it) }
} catch (_: IllegalArgumentException) {
    null
}

@OptIn(ExperimentalSerializationApi::class)
private fun fitted(element: JsonElement, type: SerialDescriptor): JsonElement? = when (type.kind) {
    StructureKind.CLASS -> fields(element, type)
    StructureKind.LIST -> elements(element)?.mapNotNull { fitted(it, type.getElementDescriptor(0)) }?.let(::JsonArray)
    PrimitiveKind.STRING -> scalar(element)?.let { JsonPrimitive(it) }
    PrimitiveKind.INT -> scalar(element)?.let(::number)?.let { JsonPrimitive(it) }
    else -> element
}

@OptIn(ExperimentalSerializationApi::class)
private fun fields(element: JsonElement, type: SerialDescriptor): JsonObject? {
    val values = element as? JsonObject ?: (element as? JsonArray)?.firstOrNull() as? JsonObject ?: return null
    val known = LinkedHashMap<String, JsonElement>()
    for (at in 0 until type.elementsCount) {
        val name = type.getElementName(at)
        values[name]?.let { fitted(it, type.getElementDescriptor(at)) }?.let { known[name] = it }
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
