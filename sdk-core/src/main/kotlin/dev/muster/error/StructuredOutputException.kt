package dev.muster.error

import dev.muster.chat.Usage

/**
 * The model answered, but not in the requested format. [raw] is its text, and [reason] says what is wrong with it.
 *
 * The message contains neither, because both may repeat private data. Change the prompt, allow more tokens or more
 * retries, or use another model.
 */
public class StructuredOutputException internal constructor(
    message: String,
    context: ErrorContext,
    /** The text of the last response, unchanged. */
    @get:JvmName("raw")
    public val raw: String,
    /** What is wrong with [raw], as it was reported to the model. */
    @get:JvmName("reason")
    public val reason: String,
    /** How often the model was asked. */
    @get:JvmName("tries")
    public val tries: Int,
) : LlmException(message, context, null) {
    init {
        partialText = raw
    }

    /** Always false: the model was already asked as often as allowed. [partialUsage] is the usage of all requests. */
    override val isRetryable: Boolean get() = false
}
