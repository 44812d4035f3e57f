package dev.muster.anthropic.internal

import dev.muster.chat.ContentPart
import dev.muster.http.Fields
import dev.muster.http.Place
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * A part of an answer.
 *
 * @throws SerializationException where its text is none
 */
internal class Block(val json: JsonObject) {
    private val type = json.text("type")

    /** The text, whatever the type is. */
    val text: String = if (type == null || type == "text") said("text") else json.text("text").orEmpty()
    val thinking: String = if (isThinking) said("thinking") else ""
    val signature: String? get() = json.text("signature")?.ifEmpty { null }
    val id: String? get() = json.text("id")
    val name: String get() = json.text("name").orEmpty()

    /** Whether it asks for a tool of ours; `server_tool_use` is run by the provider itself. */
    val isToolCall: Boolean get() = type == "tool_use"

    private val isThinking: Boolean get() = type == "thinking"

    /** Whether it is thinking that only the provider can read. */
    private val isRedacted: Boolean get() = type == "redacted_thinking"

    val isReasoning: Boolean get() = isThinking || isRedacted

    /**
     * Whether it is more than its text, its thinking or its call, so that it goes back as it is: the provider's own
     * tools and their results, texts with citations, calls that code of the provider's has made.
     */
    val isOpaque: Boolean
        get() = when (type) {
            null -> "text" !in json
            "text" -> (json["citations"] as? JsonArray)?.isNotEmpty() == true
            "tool_use" -> (json["caller"] as? JsonObject)?.text("type") !in DIRECT
            "thinking", "redacted_thinking" -> false
            else -> true
        }

    /** The arguments of a call, as JSON; empty where there are none. */
    val arguments: String get() = Fields.json(json["input"]).takeUnless { it == "{}" }.orEmpty()

    /** The block as reasoning that goes back, which stands at [spot]; null where it is none. */
    fun toReasoning(spot: Spot): ContentPart.Reasoning? = when {
        isThinking -> thinkingPart(thinking, signature, spot)
        isRedacted -> redactedPart(json.text("data").orEmpty(), spot)
        else -> null
    }

    /** The block as it is, which stands at [spot]. */
    fun toOpaque(spot: Spot): ContentPart.Opaque = opaquePart(type.orEmpty(), json, spot.place)

    private fun said(field: String): String = when (val value = json[field]) {
        null, JsonNull -> ""
        is JsonPrimitive -> value.content
        else -> throw SerializationException("The $field of a block is no text")
    }

    private companion object {
        val DIRECT = setOf(null, "direct")
    }
}

/** The type of the part that remembers in which container the code of the provider's tools runs: no block. */
internal const val CONTAINER = "container"

internal fun opaquePart(type: String, json: JsonObject, place: Place): ContentPart.Opaque =
    ContentPart.Opaque(type, json.toString(), FORM, place.text, place.calls)

/** Where a block stands in an answer. */
internal class Spot(
    /** The text and the calls before it. */
    val place: Place,
    /** How many opaque blocks stand before it. */
    val opaque: Int,
)

/** Counts what an answer has had so far. */
internal class Layout {
    var text: Int = 0
    var calls: Int = 0
    var opaque: Int = 0

    fun spot(): Spot = Spot(Place(text, calls), opaque)
}
