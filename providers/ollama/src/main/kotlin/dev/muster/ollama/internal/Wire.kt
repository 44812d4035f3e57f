package dev.muster.ollama.internal

import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonPrimitive

/** Reads what is known and passes over the rest. */
internal val WIRE_JSON = Json { ignoreUnknownKeys = true }

/** A whole answer or one line of a stream. */
@Serializable
internal class ChatLine(
    val model: String? = null,
    val message: WireMessage? = null,
    val done: Boolean? = null,
    @SerialName("done_reason") val doneReason: String? = null,
    @SerialName("prompt_eval_count") val promptTokens: Long? = null,
    @SerialName("eval_count") val answerTokens: Long? = null,
    val error: JsonElement? = null,
) {
    /** Ollama counts neither cached nor reasoning tokens, and leaves a count out where it has none. */
    val usage: Usage?
        get() = if (promptTokens == null && answerTokens == null) null else Usage(promptTokens, answerTokens)

    val reportedError: JsonElement? get() = if (error is JsonNull) null else error
}

@Serializable
internal class WireMessage(
    val content: String? = null,
    val thinking: String? = null,
    @SerialName("tool_calls") val toolCalls: List<WireToolCall>? = null,
)

@Serializable
internal class WireToolCall(val id: String? = null, val function: WireFunction? = null) {
    /** The call as number [number] of its conversation. */
    fun toToolCall(number: Int): ToolCall =
        ToolCall(idOr(number), function?.name.orEmpty(), function?.argumentsText.orEmpty().ifBlank { "{}" })

    /** Older servers give no id, but the result has to name its call, and other providers want no id twice. */
    fun idOr(number: Int): String = if (id.isNullOrEmpty()) "$CALL$number" else id
}

private const val CALL = "call_"

/** The number of the next call in a conversation of [messages]: no call there has it, or one above it. */
internal fun nextCall(messages: List<Message>): Int = messages
    .flatMap { it.toolCalls }
    .mapNotNull { call -> call.id.takeIf { it.startsWith(CALL) }?.removePrefix(CALL)?.toIntOrNull() }
    .maxOrNull()
    ?.let { (it + 1).coerceAtLeast(0) } ?: 0

@Serializable
internal class WireFunction(val name: String? = null, val arguments: JsonElement? = null) {
    val argumentsText: String
        get() =
            when (arguments) {
                null, JsonNull -> ""
                is JsonPrimitive -> arguments.content
                else -> arguments.toString()
            }
}

/** Ollama says "stop" of an answer that calls tools, too. */
internal fun finishReason(raw: String?, callsTools: Boolean): FinishReason = when (raw) {
    "stop", null -> if (callsTools) FinishReason.TOOL_CALLS else FinishReason.STOP
    "length" -> FinishReason.LENGTH
    else -> FinishReason.OTHER
}
