package dev.muster.error

import dev.muster.chat.Usage

/**
 * The model answered, but not in the form it was asked for: what came is [raw], and [reason] says what is wrong with
 * it. Neither stands in the message, for both may repeat what is private. Ask in other words, give the model more room
 * or more tries, or take another model.
 */
public class StructuredOutputException internal constructor(
    message: String,
    context: ErrorContext,
    /** The text of the last try as it came. */
    @get:JvmName("raw")
    public val raw: String,
    /** What was wrong with it, in the words that the model was told. */
    @get:JvmName("reason")
    public val reason: String,
    /** How often the model was asked. */
    @get:JvmName("tries")
    public val tries: Int,
) : LlmException(message, context, null) {
    init {
        partialText = raw
    }

    /** The model has been asked again as often as it may be. The usage of all tries is [partialUsage]. */
    override val isRetryable: Boolean get() = false
}
