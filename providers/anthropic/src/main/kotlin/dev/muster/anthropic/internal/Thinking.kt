package dev.muster.anthropic.internal

import dev.muster.chat.ContentPart
import dev.muster.http.Place

/** What marks the blocks of reasoning that are ours. */
internal const val REASONING_FORM = "anthropic"

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
        val text = place.before((if (isRedacted) REDACTED else "") + value.orEmpty())
        return text.takeIf { value != null || it.isNotEmpty() }
    }

    companion object {
        private const val REDACTED = "redacted_thinking:"

        /** What [part] was sealed with. */
        fun of(part: ContentPart.Reasoning): Seal {
            val sealed = part.signature.orEmpty()
            val place = Place.of(sealed)
            val value = place.markIn(sealed).ifEmpty { null }
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
