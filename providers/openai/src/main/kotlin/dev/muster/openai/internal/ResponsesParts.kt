package dev.muster.openai.internal

import dev.muster.chat.ContentPart
import dev.muster.http.codec.Place
import kotlinx.serialization.json.JsonObject

/** The API format that marks the [ContentPart.Reasoning] and [ContentPart.Opaque] parts of the Responses API. */
internal const val RESPONSES_FORMAT: String = "openai-responses"

/** Data of a response that must be sent back, other than its text, tool calls and opaque parts. */
internal sealed class Kept(val at: Position) {
    /** The position of an item: its [place], and the number of opaque parts before it. */
    class Position(val place: Place, val opaqueBefore: Int)

    /** A reasoning item: its id and its encrypted content. */
    class Thought(at: Position, val id: String, val encrypted: String) : Kept(at)

    /** The start of a message, and the [name] of its phase if it has one. */
    class Phase(at: Position, val name: String?) : Kept(at)

    /** Returns the content part that stores this, with the readable [text]. */
    fun toPart(text: String): ContentPart.Reasoning {
        val value =
            when (this) {
                is Thought -> "$id $encrypted"
                is Phase -> PHASE + name.orEmpty()
            }
        val behind = if (at.opaqueBefore == 0) "" else "$BEHIND${at.opaqueBefore}:"
        return ContentPart.Reasoning(text, at.place.before(behind + value), RESPONSES_FORMAT)
    }

    companion object {
        private const val PHASE = "phase:"
        private const val BEHIND = "behind:"

        /** Decodes [part]; returns null if it belongs to another API format. */
        fun of(part: ContentPart): Kept? {
            val signature = (part as? ContentPart.Reasoning)?.takeIf { it.apiFormat == RESPONSES_FORMAT }?.signature
            if (signature == null) return null
            val place = Place.of(signature)
            val marked = place.markIn(signature)
            val behind = if (marked.startsWith(BEHIND)) marked.removePrefix(BEHIND).substringBefore(':') else null
            val value = if (behind == null) marked else marked.removePrefix("$BEHIND$behind:")
            val at = Position(place, behind?.toIntOrNull() ?: 0)
            return if (value.startsWith(PHASE)) {
                Phase(at, value.removePrefix(PHASE).ifEmpty { null })
            } else {
                Thought(at, value.substringBefore(' '), value.substringAfter(' '))
            }
        }
    }
}

/** Collects the parts of a response's items that must be sent back, each with its position. */
internal class KeptParts(items: List<OutputItem>) {
    val reasoning = ArrayList<ContentPart.Reasoning>(0)
    val opaque = ArrayList<ContentPart.Opaque>(0)
    private var text = 0
    private var calls = 0
    private var phase: String? = null

    init {
        items.forEach(::take)
    }

    private fun here() = Kept.Position(Place(text, calls), opaque.size)

    private fun take(item: OutputItem) {
        when {
            item.isReasoning -> item.toThought(here())?.let { reasoning += it.toPart(item.summary) }

            item.isMessage -> message(item)

            item.isCall -> {
                // The call is emitted as one with JSON arguments. The original item is what is sent back.
                if (item.isCustomCall) keep(item.type, item.json)
                calls++
            }

            else -> keep(item.type.ifEmpty { "item" }, item.json)
        }
    }

    private fun message(item: OutputItem) {
        if (item.phase != null || phase != null) reasoning += Kept.Phase(here(), item.phase).toPart("")
        phase = item.phase
        if (item.content.isEmpty()) text += item.text.length
        item.content.forEach { part ->
            val said = part.said()
            text += said.length
            val type = part["type"].string()
            if (said.isEmpty() && type !in SPOKEN) keep(type.ifEmpty { "part" }, part)
            part["annotations"].objects().orEmpty().forEach { keep(it["type"].string().ifEmpty { "annotation" }, it) }
        }
    }

    private fun keep(type: String, json: JsonObject) {
        opaque += ContentPart.Opaque(type, json.toString(), RESPONSES_FORMAT, text, calls)
    }

    private companion object {
        val SPOKEN = setOf("output_text", "text", "refusal")
    }
}
