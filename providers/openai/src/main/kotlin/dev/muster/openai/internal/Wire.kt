package dev.muster.openai.internal

import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import dev.muster.http.codec.Fields
import dev.muster.http.codec.orNull
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** A whole response or one piece of a stream. Fields whose format differs between endpoints are kept as raw JSON. */
@Serializable
internal class Completion(
    val id: String? = null,
    val model: String? = null,
    val choices: List<Choice>? = null,
    private val usage: WireUsage? = null,
    val error: JsonElement? = null,
    @SerialName("x_groq") private val groq: GroqPart? = null,
) {
    /** The first choice. There are others only if the request asks for them in extra. */
    val choice: Choice? get() = choices?.firstOrNull { it.index == null || it.index == 0 }

    /** The usage; null if there is none that can be read. */
    val tokens: Usage? get() = (usage ?: groq?.usage)?.toUsage()
}

@Serializable
internal class GroqPart(val usage: WireUsage? = null)

@Serializable
internal class Choice(
    val index: Int? = null,
    private val message: Content? = null,
    private val delta: Content? = null,
    @SerialName("finish_reason") private val reason: String? = null,
    val error: JsonElement? = null,
) {
    /** The content of a piece of a stream, which some servers send as a message. */
    val content: Content? get() = delta ?: message

    /** The content of a whole response, which some servers send as a delta. */
    val wholeContent: Content? get() = message ?: delta

    /** The finish reason; null before the end, where some endpoints send an empty string. */
    val finishReason: String? get() = reason?.ifEmpty { null }

    /** The text, if this is a piece of text and nothing else; otherwise null. */
    val onlyText: String?
        get() = delta?.onlyText?.takeIf { finishReason == null && message == null && it.isNotEmpty() }
}

@Serializable
internal class WireToolCall(
    val index: Int? = null,
    val id: String? = null,
    private val function: WireFunction? = null,
    private val custom: WireCustom? = null,
    @SerialName("name") private val bareName: String? = null,
    @SerialName("arguments") private val bareArguments: JsonElement? = null,
) {
    /** Whether this calls a custom tool, whose input is text and not JSON arguments. */
    val isCustom: Boolean get() = custom != null

    val name: String? get() = custom?.name ?: function?.name ?: bareName

    /** The arguments, or the input of a custom tool. Some endpoints send arguments as an object, not as JSON text. */
    val input: String get() = custom?.input ?: (function?.arguments ?: bareArguments).jsonText()
}

@Serializable
internal class WireFunction(val name: String? = null, val arguments: JsonElement? = null)

@Serializable
internal class WireCustom(val name: String? = null, val input: String? = null)

/** Token counts, with the field names of chat completions, embeddings and the Responses API. */
@Serializable
internal class WireUsage(
    @SerialName("prompt_tokens") val promptTokens: JsonElement? = null,
    @SerialName("completion_tokens") val completionTokens: JsonElement? = null,
    @SerialName("input_tokens") val inputTokens: JsonElement? = null,
    @SerialName("output_tokens") val outputTokens: JsonElement? = null,
    @SerialName("total_tokens") val totalTokens: JsonElement? = null,
    @SerialName("prompt_tokens_details") val promptDetails: WireDetails? = null,
    @SerialName("completion_tokens_details") val completionDetails: WireDetails? = null,
    @SerialName("input_tokens_details") val inputDetails: WireDetails? = null,
    @SerialName("output_tokens_details") val outputDetails: WireDetails? = null,
    @SerialName("prompt_cache_hit_tokens") val cacheHits: JsonElement? = null,
) {
    /** Returns the usage, or null if no count can be read. */
    fun toUsage(): Usage? {
        val input = promptDetails ?: inputDetails
        val asked = (promptTokens ?: inputTokens).count()
        val answered = (completionTokens ?: outputTokens).count()
        val reasoned = (completionDetails ?: outputDetails)?.reasoningTokens.count()
        val total = totalTokens.count()
        if (asked == null && answered == null && total == null) return null
        return Usage.builder()
            .inputTokens(asked)
            .outputTokens(if (isBeside(reasoned, asked, answered, total)) total?.minus(asked ?: 0) else answered)
            .cachedInputTokens(input?.cachedTokens.count() ?: cacheHits.count())
            .reasoningTokens(reasoned)
            .totalTokens(total)
            .cacheWriteInputTokens(input?.cacheWriteTokens.count())
            .build()
    }

    /** Whether reasoning tokens are not included in the output tokens, as at xAI. Only the total shows it. */
    private fun isBeside(reasoned: Long?, asked: Long?, answered: Long?, total: Long?): Boolean {
        if (reasoned == null || asked == null || answered == null) return false
        return reasoned > 0 && total == asked + answered + reasoned
    }
}

@Serializable
internal class WireDetails(
    @SerialName("cached_tokens") val cachedTokens: JsonElement? = null,
    @SerialName("cache_write_tokens") val cacheWriteTokens: JsonElement? = null,
    @SerialName("reasoning_tokens") val reasoningTokens: JsonElement? = null,
)

internal fun finishReason(raw: String?, refused: Boolean): FinishReason =
    if (refused) FinishReason.CONTENT_FILTER else finishReason(raw)

private fun finishReason(raw: String?): FinishReason = when (raw) {
    "stop", "eos" -> FinishReason.STOP
    "length", "model_length" -> FinishReason.LENGTH
    "tool_calls", "function_call" -> FinishReason.TOOL_CALLS
    "content_filter", "sensitive" -> FinishReason.CONTENT_FILTER
    else -> FinishReason.OTHER
}

/** Finish reasons that mean that the provider aborted the response. */
internal val BROKEN_OFF = setOf("error", "abort", "network_error", "insufficient_system_resource")

internal fun JsonElement?.string(): String = Fields.text(this).orEmpty()

/** Arguments as JSON text. Some endpoints send an object instead of its text. */
internal fun JsonElement?.jsonText(): String = Fields.json(this)

internal fun JsonElement?.count(): Long? = Fields.count(this)

/** The value of an `error` field; null if the field is missing or reports no error. */
internal fun JsonElement?.reported(): JsonElement? = orNull()?.takeIf {
    when (it) {
        is JsonPrimitive -> it.content.isNotBlank() && it.content != "false"
        is JsonObject -> it.isNotEmpty()
        is JsonArray -> it.isNotEmpty()
    }
}
