package dev.muster.openai.internal

import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import dev.muster.http.Numbers
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** Reads what is known and passes over the rest: endpoints add fields of their own everywhere. */
internal val WIRE_JSON = Json { ignoreUnknownKeys = true }

/** A whole answer or one piece of a stream. Fields whose form differs between endpoints are read as they come. */
@Serializable
internal class Completion(
    val id: String? = null,
    val model: String? = null,
    val choices: List<Choice>? = null,
    val usage: WireUsage? = null,
    val error: JsonElement? = null,
    @SerialName("x_groq") val groq: GroqPart? = null,
)

@Serializable
internal class GroqPart(val usage: WireUsage? = null)

@Serializable
internal class Choice(
    val index: Int? = null,
    val message: Content? = null,
    val delta: Content? = null,
    @SerialName("finish_reason") private val reason: String? = null,
    val error: JsonElement? = null,
) {
    /** Why the answer ended; null before its end, of which some endpoints say that its reason is empty. */
    val finishReason: String? get() = reason?.ifEmpty { null }

    /** The text, where this brings a piece of text and nothing else. */
    val onlyText: String?
        get() = delta?.onlyText?.takeIf { finishReason == null && message == null && it.isNotEmpty() }
}

@Serializable
internal class Content(
    val content: JsonElement? = null,
    @SerialName("reasoning_content") val reasoningContent: JsonElement? = null,
    val reasoning: JsonElement? = null,
    val thinking: JsonElement? = null,
    val refusal: JsonElement? = null,
    @SerialName("tool_calls") val toolCalls: List<WireToolCall>? = null,
) {
    /** The answer's text; a refusal is the answer where there is no other. */
    val text: String get() = text(content, "text").ifEmpty { refusal.string() }

    /** Whether this, or this piece, is the model's refusal to answer. */
    val refuses: Boolean get() = refusal.string().isNotEmpty()

    /** The text, where it is a string and there is nothing else. */
    val onlyText: String?
        get() = (content as? JsonPrimitive)
            ?.takeIf { it.isString && !refuses && toolCalls == null && reasoningText.isEmpty() }
            ?.content

    /** The reasoning, which endpoints send under three names or as parts of the content. */
    val reasoningText: String
        get() =
            reasoningContent.string().ifEmpty {
                reasoning.string().ifEmpty { thinking.string().ifEmpty { text(content, "thinking") } }
            }
}

@Serializable
internal class WireToolCall(val index: Int? = null, val id: String? = null, val function: WireFunction? = null)

@Serializable
internal class WireFunction(val name: String? = null, val arguments: JsonElement? = null) {
    /** The arguments as JSON; some endpoints send an object and not its text. */
    val argumentsText: String
        get() = arguments.jsonText()
}

/** Tokens, under the names of chat completions, of embeddings and of the Responses API. */
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
    fun toUsage(): Usage {
        val input = promptDetails ?: inputDetails
        val asked = (promptTokens ?: inputTokens).count()
        val answered = (completionTokens ?: outputTokens).count()
        val reasoned = (completionDetails ?: outputDetails)?.reasoningTokens.count()
        val total = totalTokens.count()
        return Usage(
            inputTokens = asked,
            outputTokens = if (isBeside(reasoned, asked, answered, total)) total?.minus(asked ?: 0) else answered,
            cachedInputTokens = input?.cachedTokens.count() ?: cacheHits.count(),
            reasoningTokens = reasoned,
            total = total,
            cacheWriteInputTokens = input?.cacheWriteTokens.count(),
        )
    }

    /** Whether the reasoning is counted beside the answer and not within it, as xAI does: only the sum tells. */
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
    "content_filter" -> FinishReason.CONTENT_FILTER
    else -> FinishReason.OTHER
}

internal fun JsonElement?.string(): String = if (this is JsonPrimitive && this !is JsonNull) content else ""

/** Arguments as JSON text; some endpoints send an object and not its text. */
internal fun JsonElement?.jsonText(): String = if (this == null || this is JsonPrimitive) string() else toString()

internal fun JsonElement?.orNull(): JsonElement? = if (this is JsonNull) null else this

internal fun JsonElement?.count(): Long? = Numbers.count(this)

/**
 * The text of [content], or of its parts of [type], which Mistral nests: `[{"type": "thinking", "thinking":
 * [{"text"}]}]`.
 */
private fun text(content: JsonElement?, type: String): String = when (content) {
    is JsonPrimitive -> if (type == "text") content.string() else ""

    is JsonArray ->
        content.joinToString("") { part ->
            if (part is JsonObject && part["type"].string() == type) nested(part[type]) else ""
        }

    else -> ""
}

private fun nested(part: JsonElement?): String = if (part is JsonArray) text(part, "text") else part.string()
