package dev.muster.openai.internal

import dev.muster.chat.ContentPart
import dev.muster.http.Place

/** The form of [ContentPart.Reasoning]s that the Responses API makes. */
internal const val RESPONSES_FORM: String = "openai-responses"

/** What goes back of an answer besides its text and its calls. */
internal sealed class Kept(val place: Place) {
    /** A block of reasoning: it is known by its id and holds itself encrypted. */
    class Thought(place: Place, val id: String, val encrypted: String) : Kept(place)

    /** The beginning of a message, and the [name] of its phase where it has one. */
    class Phase(place: Place, val name: String?) : Kept(place)

    /** The part of the answer that keeps it, with [text] to read. */
    fun toPart(text: String): ContentPart.Reasoning {
        val value =
            when (this) {
                is Thought -> "$id $encrypted"
                is Phase -> PHASE + name.orEmpty()
            }
        return ContentPart.Reasoning(text, place.before(value), RESPONSES_FORM)
    }

    companion object {
        private const val PHASE = "phase:"

        /** What [part] stands for; null where it is another form's. */
        fun of(part: ContentPart): Kept? {
            val signature = (part as? ContentPart.Reasoning)?.takeIf { it.form == RESPONSES_FORM }?.signature
            if (signature == null) return null
            val place = Place.of(signature)
            val value = place.markIn(signature)
            return if (value.startsWith(PHASE)) {
                Phase(place, value.removePrefix(PHASE).ifEmpty { null })
            } else {
                Thought(place, value.substringBefore(' '), value.substringAfter(' '))
            }
        }
    }
}

/** What has to go back of [items], each with what stands before it. */
internal fun partsToKeep(items: List<OutputItem>): List<ContentPart.Reasoning> {
    val parts = ArrayList<ContentPart.Reasoning>(0)
    var text = 0
    var calls = 0
    var phase: String? = null
    items.forEach { item ->
        val place = Place(text, calls)
        when {
            item.isReasoning -> item.toPart(place)?.let { parts += it }

            item.isFunctionCall -> calls++

            item.isMessage -> {
                if (item.phase != null || phase != null) parts += Kept.Phase(place, item.phase).toPart("")
                phase = item.phase
                text += item.text.length
            }
        }
    }
    return parts
}
