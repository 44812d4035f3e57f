package dev.muster.anthropic.internal

import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.ToolCall
import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.codec.Place
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonObject

/** A content block of an assistant message. */
internal sealed interface Piece {
    class Said(val text: String) : Piece

    class Called(val call: ToolCall) : Piece

    class Thought(val text: String, val seal: Seal) : Piece

    /** A block in the API's own JSON. */
    class Opaque(val json: String) : Piece
}

/**
 * Returns the blocks of [message] in the order in which the model created them. The message may have been shortened
 * since.
 */
internal fun piecesOf(message: Message, without: Set<ContentPart.Opaque>): List<Piece> {
    val ours = message.content.filterIsInstance<ContentPart.Opaque>()
        .filter { it.apiFormat == API_FORMAT && it.type != CONTAINER }
    val reasoning = message.content.filterIsInstance<ContentPart.Reasoning>().filter { it.apiFormat == API_FORMAT }
    val pieces = Pieces(message.text, message.toolCalls, without)
    val opaque = ArrayDeque(ours)
    reasoning.forEach { part ->
        val seal = Seal.of(part)
        while (opaque.isNotEmpty() && ours.size - opaque.size < seal.spot.opaque) pieces.add(opaque.removeFirst())
        pieces.add(part.text, seal)
    }
    opaque.forEach(pieces::add)
    return pieces.all()
}

/** The API refuses a prefilled response whose text ends with whitespace. */
internal fun withoutBlanksAtEnd(pieces: List<Piece>): List<Piece> {
    val last = pieces.lastOrNull()
    return if (last is Piece.Said) pieces.dropLast(1) + Piece.Said(last.text.trimEnd()) else pieces
}

/** Returns the id of the container of the last response, if the turn at the end of [messages] continues in it. */
internal fun containerOf(messages: List<Message>): String? {
    val answer = messages.lastOrNull { it.toolCallId == null } ?: return null
    val part = answer.content.lastOrNull {
        it is ContentPart.Opaque && it.apiFormat == API_FORMAT && it.type == CONTAINER
    }
    return (part as? ContentPart.Opaque)?.let { objectIn(it.json)?.text("id") }
}

/**
 * Returns the calls of server tools that have no result, in turns of [messages] that were cut, or paused and never
 * continued. The API refuses such a call without its result.
 */
internal fun abandonedIn(messages: List<Message>): Set<ContentPart.Opaque> {
    val parts = messages.take(messages.indexOfLast { it.role == Role.USER } + 1)
        .flatMap { it.content.filterIsInstance<ContentPart.Opaque>() }
        .filter { it.apiFormat == API_FORMAT }
    return parts.filterIndexedTo(HashSet()) { at, part ->
        val id = if (part.type.endsWith(TOOL_USE)) objectIn(part.json)?.text("id") else null
        id != null && parts.drop(at + 1).none { it.type.endsWith(RESULT) && "\"$id\"" in it.json }
    }
}

private class Pieces(
    private val text: String,
    private val calls: List<ToolCall>,
    private val without: Set<ContentPart.Opaque>,
) {
    private val found = ArrayList<Piece>()
    private var said = 0
    private var called = 0

    fun add(thought: String, seal: Seal) {
        upTo(seal.spot.place)
        found += Piece.Thought(thought, seal)
    }

    /** A part may contain the next text or tool call: then it replaces it. If that was removed, the part is dropped. */
    fun add(part: ContentPart.Opaque) {
        upTo(Place(part.textBefore, part.callsBefore))
        if (part in without) return
        val json = if (isMoreThanItself(part.type)) objectIn(part.json) else null
        val itsText = json?.text("text").orEmpty()
        when {
            itsText.isNotEmpty() -> if (text.startsWith(itsText, said)) said += itsText.length else return
            part.type == CALL -> if (calls.getOrNull(called)?.id == json?.text("id")) called++ else return
        }
        found += Piece.Opaque(part.json)
    }

    fun all(): List<Piece> {
        upTo(Place(text.length, calls.size))
        return found
    }

    private fun upTo(place: Place) {
        val piece = text.substring(said, place.text.coerceIn(said, text.length))
        said += piece.length
        if (piece.isNotBlank()) found += Piece.Said(piece)
        while (called < minOf(place.calls, calls.size)) found += Piece.Called(calls[called++])
    }
}

/** Whether a part of this type may contain a text or a call. The others are long and are not parsed. */
private fun isMoreThanItself(type: String) = !type.endsWith(TOOL_USE) && !type.endsWith(RESULT)

private const val CALL = "tool_use"
private const val TOOL_USE = "_tool_use"
private const val RESULT = "_result"

/** Parses [json] as an object; returns null if it is not one. */
internal fun objectIn(json: String): JsonObject? = try {
    PROVIDER_JSON.parseToJsonElement(json) as? JsonObject
} catch (_: SerializationException) {
    null
}
