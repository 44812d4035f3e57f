package dev.muster.anthropic.internal

import dev.muster.http.codec.Fields
import dev.muster.http.codec.PROVIDER_JSON
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** A content block of a stream, as received so far. */
internal class OpenBlock(
    private val start: Block,
    val spot: Spot,
    /** The index among the tool calls of the response, if it is a tool call. */
    val number: Int,
) {
    val text = StringBuilder()
    val thinking = StringBuilder(start.thinking)
    private val input = StringBuilder()
    private var signature = start.signature
    private val changes = LinkedHashMap<String, JsonElement>()
    private var hasInput = false
    val isReasoning: Boolean get() = start.isReasoning
    var isWhole: Boolean = false
        private set

    fun sign(piece: String) {
        signature = signature.orEmpty() + piece
    }

    /** Adds a citation; returns whether it is the first one, which makes the block opaque. */
    fun cite(citation: JsonElement): Boolean {
        val isFirst = !start.isOpaque && CITATIONS !in changes
        val before = (changes[CITATIONS] ?: start.json[CITATIONS]) as? JsonArray
        changes[CITATIONS] = JsonArray(before.orEmpty() + citation)
        return isFirst
    }

    /** Applies a delta of an unknown type: appends strings, replaces everything else. */
    fun change(delta: JsonElement?) {
        (delta as? JsonObject)?.filterKeys { it != "type" }?.forEach { (name, piece) ->
            val before = changes[name] ?: start.json[name]
            val goesOn = piece is JsonPrimitive && piece.isString && before is JsonPrimitive && before.isString
            changes[name] = if (goesOn) JsonPrimitive(Fields.json(before) + Fields.json(piece)) else piece
        }
    }

    /** Adds a piece of a tool input; returns whether it is for a tool of the request, not a server tool. */
    fun take(piece: String): Boolean {
        hasInput = true
        if (start.isOpaque) input.append(piece)
        return start.isToolCall
    }

    /** Completes the block. Returns the arguments that a tool call had at its start, if no input has arrived since. */
    fun end(): String? {
        if (isWhole) return null
        isWhole = true
        if (hasInput || !start.isToolCall) return null
        return start.arguments.ifEmpty { null }
    }

    /** Returns the block as in a whole response. */
    fun whole(): Block {
        val json = LinkedHashMap(start.json)
        if (text.isNotEmpty()) json["text"] = JsonPrimitive(text.toString())
        if (thinking.isNotEmpty()) json["thinking"] = JsonPrimitive(thinking.toString())
        signature?.let { json["signature"] = JsonPrimitive(it) }
        if (input.isNotEmpty()) json["input"] = read(input.toString())
        return Block(JsonObject(json + changes))
    }

    private fun read(input: String): JsonElement = try {
        PROVIDER_JSON.parseToJsonElement(input)
    } catch (_: SerializationException) {
        // The model wrote invalid JSON.
        JsonPrimitive(input)
    }

    private companion object {
        const val CITATIONS = "citations"
    }
}
