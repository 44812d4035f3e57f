package dev.muster.anthropic.internal

import dev.muster.chat.ContentPart

/** What marks the blocks of reasoning that are ours. */
internal const val REASONING_FORM = "anthropic"

/** Before the data of a block whose words the provider keeps to itself; a signature never holds a colon. */
private const val REDACTED = "redacted_thinking:"

/** A block of thinking with its signature; the text is empty where the API was told, or has chosen, to omit it. */
internal fun thinkingPart(text: String, signature: String?): ContentPart.Reasoning =
    ContentPart.Reasoning(text, signature, REASONING_FORM)

/** A block that only the provider can read. */
internal fun redactedPart(data: String): ContentPart.Reasoning =
    ContentPart.Reasoning("", REDACTED + data, REASONING_FORM)

/** The data of a block that only the provider can read; null for one of another kind. */
internal fun redactedData(part: ContentPart.Reasoning): String? =
    part.signature?.takeIf { it.startsWith(REDACTED) }?.removePrefix(REDACTED)
