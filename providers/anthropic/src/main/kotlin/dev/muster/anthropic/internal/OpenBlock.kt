package dev.muster.anthropic.internal

import dev.muster.http.Fields
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** A block of a stream, as far as it has come. */
internal class OpenBlock(
    private val start: Block,
    val spot: Spot,
    /** Which of the answer's calls it is, where it is one. */
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

    /** Adds a citation; returns whether it is the first, which makes the block an opaque one. */
    fun cite(citation: JsonElement): Boolean {
        val isFirst = !start.isOpaque && CITATIONS !in changes
        val before = (changes[CITATIONS] ?: start.json[CITATIONS]) as? JsonArray
        changes[CITATIONS] = JsonArray(before.orEmpty() + citation)
        return isFirst
    }

    /** Takes a piece of a kind that is not known: texts go on, the rest is replaced. */
    fun change(delta: JsonElement?) {
        (delta as? JsonObject)?.filterKeys { it != "type" }?.forEach { (name, piece) ->
            val before = changes[name] ?: start.json[name]
            val goesOn = piece is JsonPrimitive && piece.isString && before is JsonPrimitive && before.isString
            changes[name] = if (goesOn) JsonPrimitive(Fields.json(before) + Fields.json(piece)) else piece
        }
    }

    /** Takes a piece of an input; returns whether it is one for a tool of ours. */
    fun take(piece: String): Boolean {
        hasInput = true
        if (start.isOpaque) input.append(piece)
        return start.isToolCall
    }

    /** The block is whole. Returns what a call of ours was given at its start, if nothing has come since. */
    fun end(): String? {
        if (isWhole) return null
        isWhole = true
        if (hasInput || !start.isToolCall) return null
        return start.arguments.ifEmpty { null }
    }

    /** The block as it would have come at once. */
    fun whole(): Block {
        val json = LinkedHashMap(start.json)
        if (text.isNotEmpty()) json["text"] = JsonPrimitive(text.toString())
        if (thinking.isNotEmpty()) json["thinking"] = JsonPrimitive(thinking.toString())
        signature?.let { json["signature"] = JsonPrimitive(it) }
        if (input.isNotEmpty()) json["input"] = read(input.toString())
        return Block(JsonObject(json + changes))
    }

    private fun read(input: String): JsonElement = try {
        WIRE_JSON.parseToJsonElement(input)
    } catch (_: SerializationException) {
        // Whatever the model has written.
        JsonPrimitive(input)
    }

    private companion object {
        const val CITATIONS = "citations"
    }
}
