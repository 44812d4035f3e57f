package dev.muster.anthropic.internal

import dev.muster.chat.ContentPart
import dev.muster.http.codec.Place

/** The API format that marks the parts of this provider. */
internal const val API_FORMAT = "anthropic"

/** The data stored in the signature of a part. A signature and the data of a block never contain a colon. */
internal class Seal(
    val spot: Spot,
    /** Whether [value] is the data of a redacted block, whose text the provider does not return. */
    val isRedacted: Boolean,
    /** The signature or the data, as received from the provider. */
    val value: String?,
) {
    /** For a block at the start of a response, as most are, this is only the provider's signature. */
    fun write(): String? {
        val behind = if (spot.opaque == 0) "" else "$BEHIND${spot.opaque}:"
        val text = spot.place.before(behind + (if (isRedacted) REDACTED else "") + value.orEmpty())
        return text.takeIf { value != null || it.isNotEmpty() }
    }

    companion object {
        private const val REDACTED = "redacted_thinking:"
        private const val BEHIND = "behind:"
        private val BEHIND_SOME = Regex("$BEHIND(\\d{1,9}):(.*)", RegexOption.DOT_MATCHES_ALL)

        /** Decodes the signature of [part]. */
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

/** A thinking block with its signature. The text is empty if the request, or the API, omits it. */
internal fun thinkingPart(text: String, signature: String?, spot: Spot): ContentPart.Reasoning =
    ContentPart.Reasoning(text, Seal(spot, isRedacted = false, signature).write(), API_FORMAT)

/** A redacted thinking block, which only the provider can read. */
internal fun redactedPart(data: String, spot: Spot): ContentPart.Reasoning =
    ContentPart.Reasoning("", Seal(spot, isRedacted = true, data).write(), API_FORMAT)
