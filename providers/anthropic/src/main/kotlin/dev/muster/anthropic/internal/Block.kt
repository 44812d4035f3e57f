package dev.muster.anthropic.internal

import dev.muster.chat.ContentPart
import dev.muster.http.codec.Fields
import dev.muster.http.codec.Place
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * A content block of a response.
 *
 * @throws SerializationException if its text is not a JSON primitive
 */
internal class Block(val json: JsonObject) {
    private val type = json.text("type")

    /** The text, whatever the type is. */
    val text: String = if (type == null || type == "text") said("text") else json.text("text").orEmpty()
    val thinking: String = if (isThinking) said("thinking") else ""
    val signature: String? get() = json.text("signature")?.ifEmpty { null }
    val id: String? get() = json.text("id")
    val name: String get() = json.text("name").orEmpty()

    /** Whether it calls a tool of the request. `server_tool_use` is run by the provider itself. */
    val isToolCall: Boolean get() = type == "tool_use"

    private val isThinking: Boolean get() = type == "thinking"

    /** Whether it is thinking in a format that only the provider can read. */
    private val isRedacted: Boolean get() = type == "redacted_thinking"

    val isReasoning: Boolean get() = isThinking || isRedacted

    /**
     * Whether it contains more than text, thinking or a tool call, so that it must be sent back unchanged: server tools
     * and their results, texts with citations, tool calls made by code that runs at the provider.
     */
    val isOpaque: Boolean
        get() = when (type) {
            null -> "text" !in json
            "text" -> (json["citations"] as? JsonArray)?.isNotEmpty() == true
            "tool_use" -> (json["caller"] as? JsonObject)?.text("type") !in DIRECT
            "thinking", "redacted_thinking" -> false
            else -> true
        }

    /** The arguments of a tool call as JSON text; empty if there are none. */
    val arguments: String get() = Fields.json(json["input"]).takeUnless { it == "{}" }.orEmpty()

    /** Returns the block at [spot] as a reasoning part to send back; null if it is not reasoning. */
    fun toReasoning(spot: Spot): ContentPart.Reasoning? = when {
        isThinking -> thinkingPart(thinking, signature, spot)
        isRedacted -> redactedPart(json.text("data").orEmpty(), spot)
        else -> null
    }

    /** Returns the block at [spot] as an opaque part. */
    fun toOpaque(spot: Spot): ContentPart.Opaque = opaquePart(type.orEmpty(), json, spot.place)

    private fun said(field: String): String = when (val value = json[field]) {
        null, JsonNull -> ""
        is JsonPrimitive -> value.content
        else -> throw SerializationException("The field '$field' of a content block is not text")
    }

    private companion object {
        val DIRECT = setOf(null, "direct")
    }
}

/** The type of the part that stores the container in which the code of server tools runs. It is not a content block. */
internal const val CONTAINER = "container"

internal fun opaquePart(type: String, json: JsonObject, place: Place): ContentPart.Opaque =
    ContentPart.Opaque(type, json.toString(), API_FORMAT, place.text, place.calls)

/** The position of a block in a response. */
internal class Spot(
    /** How much text and how many calls are before it. */
    val place: Place,
    /** The number of opaque blocks before it. */
    val opaque: Int,
)

/** Counts the content of a response so far. */
internal class Layout {
    var text: Int = 0
    var calls: Int = 0
    var opaque: Int = 0

    fun spot(): Spot = Spot(Place(text, calls), opaque)
}
