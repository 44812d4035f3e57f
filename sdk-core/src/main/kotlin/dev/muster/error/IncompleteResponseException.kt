package dev.muster.error

import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason

/**
 * The call returns only text, but the model's response has more than text or is not finished.
 *
 * Either the response is [paused][FinishReason.PAUSED], or it consists of [opaque parts][ChatResponse.opaqueParts]
 * such as an image. [response] has what was received and billed.
 */
public class IncompleteResponseException internal constructor(
    message: String,
    context: ErrorContext,
    /** The response, as `chat` would return it. */
    @get:JvmName("response")
    public val response: ChatResponse,
) : LlmException(message, context, null) {
    init {
        partialText = response.text.ifEmpty { null }
        partialUsage = response.usage
    }

    override val isRetryable: Boolean get() = false

    /** Converts responses to text. */
    internal companion object {
        /** Returns the text of [response], for callers that see nothing else of it. */
        @JvmSynthetic
        internal fun textOf(response: ChatResponse): String {
            val why =
                when {
                    response.finishReason == FinishReason.PAUSED ->
                        "paused before its response was complete: use an agent, which continues by itself, or use " +
                            "chat and send the response back"

                    response.text.isEmpty() && response.toolCalls.isEmpty() && response.opaqueParts.isNotEmpty() ->
                        "returned no text, only " +
                            response.opaqueParts.map { it.type }.distinct().joinToString() +
                            ": use chat, whose response has these parts in opaqueParts"

                    else -> return response.text
                }
            val context = ErrorContext.builder().provider(response.provider).model(response.model)
                .requestId(response.requestId).build()
            throw IncompleteResponseException("${response.provider}::${response.model} $why", context, response)
        }
    }
}
