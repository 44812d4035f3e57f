package dev.muster.gemini.internal

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** One part of a response: usually one kind of data, and its metadata. */
internal class Part(private val json: JsonObject) {
    val text: String = (json[TEXT] as? JsonPrimitive).string().orEmpty()

    val isThought: Boolean get() = (json["thought"] as? JsonPrimitive)?.content == "true"

    val signature: String? get() = json[SIGNATURE].string()

    val calls: List<JsonObject> = json[CALL].objects()

    /** The kind of data that is neither text nor a call, such as `inlineData`; null if there is none. */
    val otherKind: String? = json.keys.firstOrNull { it !in ABOUT && json[it] !is JsonNull && !isRead(it) }

    /** The JSON of the part without its [text] and [calls]; unchanged if it has none. */
    val otherJson: String
        get() {
            val read = json.keys.filter(::isRead)
            return (if (read.isEmpty()) json else JsonObject(json - read.toSet() - SIGNATURE)).toString()
        }

    private fun isRead(key: String) = when (key) {
        TEXT -> json[TEXT] is JsonPrimitive
        CALL -> calls.isNotEmpty()
        else -> false
    }

    private companion object {
        const val TEXT = "text"
        const val CALL = "functionCall"
        const val SIGNATURE = "thoughtSignature"

        /** Metadata of a part. */
        val ABOUT = setOf("thought", SIGNATURE, "partMetadata", "videoMetadata", "mediaResolution")
    }
}

/** Returns the parts of [content], which some gateways send as a list or a text. */
internal fun partsOf(content: JsonElement?): List<Part> = when (content) {
    is JsonObject -> if ("parts" in content) listed(content["parts"]) else listed(JsonObject(content - "role"))
    is JsonArray -> content.flatMap { if (it is JsonObject && "parts" in it) listed(it["parts"]) else one(it) }
    else -> one(content)
}

private fun listed(parts: JsonElement?): List<Part> = if (parts is JsonArray) parts.flatMap(::one) else one(parts)

private fun one(part: JsonElement?): List<Part> = when (part) {
    is JsonObject -> if (part.isEmpty()) emptyList() else listOf(Part(part))
    is JsonPrimitive -> if (part is JsonNull) emptyList() else listOf(Part(JsonObject(mapOf("text" to part))))
    else -> emptyList()
}
