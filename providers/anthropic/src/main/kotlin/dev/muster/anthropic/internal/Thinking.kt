package dev.muster.anthropic.internal

import dev.muster.chat.ContentPart
import dev.muster.http.Place

/** What marks the parts that are ours. */
internal const val FORM = "anthropic"

/** What the signature of a part says besides: a signature and the data of a block never hold a colon. */
internal class Seal(
    val spot: Spot,
    /** Whether [value] is the data of a block whose words the provider keeps to itself. */
    val isRedacted: Boolean,
    /** What came from the provider. */
    val value: String?,
) {
    /** Nothing but the provider's own signature for a block at the beginning, as most are. */
    fun write(): String? {
        val behind = if (spot.opaque == 0) "" else "$BEHIND${spot.opaque}:"
        val text = spot.place.before(behind + (if (isRedacted) REDACTED else "") + value.orEmpty())
        return text.takeIf { value != null || it.isNotEmpty() }
    }

    companion object {
        private const val REDACTED = "redacted_thinking:"
        private const val BEHIND = "behind:"
        private val BEHIND_SOME = Regex("$BEHIND(\\d{1,9}):(.*)", RegexOption.DOT_MATCHES_ALL)

        /** What [part] was sealed with. */
        fun of(part: ContentPart.Reasoning): Seal {
            val sealed = part.signature.orEmpty()
            val place = Place.of(sealed)
            val mark = place.markIn(sealed)
            val (opaque, rest) = BEHIND_SOME.matchEntire(mark)?.destructured?.toList() ?: listOf("0", mark)
            val value = rest.ifEmpty { null }
            val data = value?.takeIf { it.startsWith(REDACTED) }?.removePrefix(REDACTED)
            return Seal(Spot(place, opaque.toInt()), isRedacted = data != null, data ?: value)
        }
    }
}

/** A block of thinking with its signature; the text is empty where the API was told, or has chosen, to omit it. */
internal fun thinkingPart(text: String, signature: String?, spot: Spot): ContentPart.Reasoning =
    ContentPart.Reasoning(text, Seal(spot, isRedacted = false, signature).write(), FORM)

/** A block that only the provider can read. */
internal fun redactedPart(data: String, spot: Spot): ContentPart.Reasoning =
    ContentPart.Reasoning("", Seal(spot, isRedacted = true, data).write(), FORM)
