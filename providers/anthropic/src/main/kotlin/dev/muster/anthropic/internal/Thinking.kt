package dev.muster.anthropic.internal

import dev.muster.chat.ContentPart

/** What marks the blocks of reasoning that are ours. */
internal const val REASONING_FORM = "anthropic"

/**
 * Where a block of thinking stands in its answer. A model that thinks between the calls of its tools wants its blocks
 * back in their places, but an answer has its text and its calls apart: so each block says what stood before it.
 */
internal class Place(
    /** How many characters of the answer's text. */
    val text: Int = 0,
    /** How many calls of tools. */
    val calls: Int = 0,
)

/** What the signature of a part says besides: a signature and the data of a block never hold a colon. */
internal class Seal(
    val place: Place,
    /** Whether [value] is the data of a block whose words the provider keeps to itself. */
    val isRedacted: Boolean,
    /** What came from the provider. */
    val value: String?,
) {
    /** Nothing but the provider's own signature for a block at the beginning, as most are. */
    fun write(): String? {
        val before = if (place.text == 0 && place.calls == 0) "" else "$PLACE${place.text}:${place.calls}:"
        val text = before + (if (isRedacted) REDACTED else "") + value.orEmpty()
        return text.takeIf { value != null || before.isNotEmpty() }
    }

    companion object {
        private const val REDACTED = "redacted_thinking:"
        private const val PLACE = "after:"
        private val PLACED = Regex("$PLACE(\\d{1,9}):(\\d{1,9}):(.*)", RegexOption.DOT_MATCHES_ALL)

        /** What [part] was sealed with. */
        fun of(part: ContentPart.Reasoning): Seal {
            val placed = part.signature?.let(PLACED::matchEntire)?.groupValues
            val place = placed?.let { Place(it[1].toInt(), it[2].toInt()) } ?: Place()
            val value = (if (placed == null) part.signature else placed[3])?.ifEmpty { null }
            val data = value?.takeIf { it.startsWith(REDACTED) }?.removePrefix(REDACTED)
            return Seal(place, isRedacted = data != null, data ?: value)
        }
    }
}

/** A block of thinking with its signature; the text is empty where the API was told, or has chosen, to omit it. */
internal fun thinkingPart(text: String, signature: String?, place: Place): ContentPart.Reasoning =
    ContentPart.Reasoning(text, Seal(place, isRedacted = false, signature).write(), REASONING_FORM)

/** A block that only the provider can read. */
internal fun redactedPart(data: String, place: Place): ContentPart.Reasoning =
    ContentPart.Reasoning("", Seal(place, isRedacted = true, data).write(), REASONING_FORM)

/** The blocks of thinking in [content], each with what stands before it. */
internal fun thinkingIn(content: List<Block>): List<ContentPart.Reasoning> {
    var text = 0
    var calls = 0
    return content.mapNotNull { block ->
        val part = block.toReasoning(Place(text, calls))
        text += block.text.orEmpty().length
        if (block.isToolCall) calls++
        part
    }
}
