package dev.muster.ollama.internal

import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import dev.muster.http.codec.Fields
import dev.muster.http.codec.PROVIDER_JSON
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/** A whole response or one line of a stream. */
@Serializable
internal class ChatLine(
    val model: String? = null,
    val message: WireMessage? = null,
    val done: Boolean? = null,
    @SerialName("done_reason") val doneReason: String? = null,
    @SerialName("prompt_eval_count") private val promptTokens: JsonElement? = null,
    @SerialName("eval_count") private val answerTokens: JsonElement? = null,
    val error: JsonElement? = null,
) {
    /** Ollama does not count cached or reasoning tokens, and leaves out counts that it does not have. */
    val usage: Usage?
        get() {
            val asked = Fields.count(promptTokens)
            val answered = Fields.count(answerTokens)
            return if (asked == null && answered == null) null else Usage(asked, answered)
        }

    /** Whether the model was only loaded into memory or unloaded: nothing was generated. */
    val isLoading: Boolean get() = doneReason == "load" || doneReason == "unload"
}

@Serializable
internal class WireMessage(
    val content: String? = null,
    val thinking: String? = null,
    @SerialName("tool_calls") private val calls: JsonElement? = null,
) {
    /** The tool calls. Some servers send a single call without a list. */
    val toolCalls: List<WireToolCall>
        get() =
            when (calls) {
                is JsonArray -> calls.map { PROVIDER_JSON.decodeFromJsonElement(WireToolCall.serializer(), it) }
                is JsonObject -> listOf(PROVIDER_JSON.decodeFromJsonElement(WireToolCall.serializer(), calls))
                else -> emptyList()
            }
}

@Serializable
internal class WireToolCall(private val id: JsonElement? = null, private val function: WireFunction? = null) {
    val name: String get() = function?.name.orEmpty()

    val arguments: String get() = function?.argumentsText.orEmpty()

    /** The id from the server, which may be a number; null if there is none. */
    val givenId: String? get() = Fields.text(id)
}

@Serializable
internal class WireFunction(val name: String? = null, val arguments: JsonElement? = null) {
    val argumentsText: String get() = Fields.json(arguments)
}

/** Ollama also sends "stop" if the response calls tools. */
internal fun finishReason(raw: String?, callsTools: Boolean): FinishReason = when (raw) {
    "stop", null -> if (callsTools) FinishReason.TOOL_CALLS else FinishReason.STOP
    "length" -> FinishReason.LENGTH
    else -> FinishReason.OTHER
}
