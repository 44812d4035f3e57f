package dev.muster.error

import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason

/**
 * The call gives only a text, and the model's answer is more, or not yet all of it: the turn has
 * [paused][FinishReason.PAUSED], or the answer consists of [opaque parts][ChatResponse.opaqueParts] such as an image.
 * What came, and was paid for, is [response].
 */
public class IncompleteAnswerException internal constructor(
    message: String,
    context: ErrorContext,
    /** The answer as `chat` would have given it. */
    @get:JvmName("response")
    public val response: ChatResponse,
) : LlmException(message, context, null) {
    init {
        partialText = response.text.ifEmpty { null }
        partialUsage = response.usage()
    }

    override val isRetryable: Boolean get() = false

    /** Makes texts of answers. */
    internal companion object {
        /** The text of [response], for those who get nothing else of it. */
        @JvmSynthetic
        internal fun textOf(response: ChatResponse): String {
            val why =
                when {
                    response.finishReason == FinishReason.PAUSED ->
                        "has paused before its answer was whole: ask by an agent, which goes on by itself, or by chat" +
                            " and send the answer back"

                    response.text.isEmpty() && response.toolCalls.isEmpty() && response.opaqueParts.isNotEmpty() ->
                        "has answered without any text, by " +
                            response.opaqueParts.map { it.type }.distinct().joinToString() +
                            ": ask by chat, whose response has them in opaqueParts"

                    else -> return response.text
                }
            val context = ErrorContext.builder().provider(response.provider).model(response.model)
                .requestId(response.requestId).build()
            throw IncompleteAnswerException("${response.provider}::${response.model} $why", context, response)
        }
    }
}
