package dev.muster.anthropic.internal

import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.http.Place
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject

/** Reads what is known and passes over the rest: new kinds of blocks, deltas and events come without notice. */
internal val WIRE_JSON = Json { ignoreUnknownKeys = true }

/** A whole answer, or an error in its place. */
@Serializable
internal class WireMessage(
    val id: String? = null,
    val model: String? = null,
    val content: List<Block>? = null,
    @SerialName("stop_reason") val stopReason: String? = null,
    val usage: WireUsage? = null,
    val error: JsonElement? = null,
    @SerialName("request_id") val requestId: String? = null,
)

/** One event of a stream; which fields it has depends on its type. */
@Serializable
internal class WireEvent(
    val type: String? = null,
    val index: Int = 0,
    val message: WireMessage? = null,
    @SerialName("content_block") val block: Block? = null,
    val delta: Delta? = null,
    val usage: WireUsage? = null,
    val error: JsonElement? = null,
    @SerialName("request_id") val requestId: String? = null,
) {
    val isError: Boolean get() = type == "error" || error.orNull() != null

    /** The text, where this brings a piece of text and nothing else. */
    val onlyText: String?
        get() = delta?.onlyText?.takeIf { type == "content_block_delta" && usage == null && it.isNotEmpty() }
}

/** A part of an answer. */
@Serializable
internal class Block(
    val type: String? = null,
    val text: String? = null,
    val thinking: String? = null,
    val signature: String? = null,
    val data: String? = null,
    val id: String? = null,
    val name: String? = null,
    val input: JsonElement? = null,
) {
    /** Whether it asks for a tool of ours; `server_tool_use` is run by the provider itself. */
    val isToolCall: Boolean get() = type == "tool_use"

    val isThinking: Boolean get() = type == "thinking"

    /** Whether it is thinking that only the provider can read. */
    val isRedacted: Boolean get() = type == "redacted_thinking"

    /** The arguments, where there are any. */
    val arguments: String? get() = input.orNull()?.takeIf { it !is JsonObject || it.isNotEmpty() }?.toString()

    /** The block as what goes back, which stands at [place]; null where it is no thinking. */
    fun toReasoning(place: Place): ContentPart.Reasoning? = when {
        isThinking -> thinkingPart(thinking.orEmpty(), signature, place)
        isRedacted -> redactedPart(data.orEmpty(), place)
        else -> null
    }

    fun toToolCall(): ToolCall = ToolCall(id.orEmpty(), name.orEmpty(), arguments ?: "{}")
}

/** A piece of a block, or, in `message_delta`, why the answer ends. */
@Serializable
internal class Delta(
    val type: String? = null,
    val text: String? = null,
    val thinking: String? = null,
    val signature: String? = null,
    @SerialName("partial_json") val partialJson: String? = null,
    @SerialName("stop_reason") val stopReason: String? = null,
) {
    val onlyText: String?
        get() = text?.takeIf { thinking == null && signature == null && partialJson == null && stopReason == null }
}

@Serializable
internal class WireUsage(
    @SerialName("input_tokens") val input: Long? = null,
    @SerialName("cache_creation_input_tokens") val cacheCreation: Long? = null,
    @SerialName("cache_read_input_tokens") val cacheRead: Long? = null,
    @SerialName("output_tokens") val output: Long? = null,
    @SerialName("output_tokens_details") val details: OutputDetails? = null,
) {
    /** The figures of [later], which replace ours where it has them. */
    fun updatedBy(later: WireUsage): WireUsage = WireUsage(
        later.input ?: input,
        later.cacheCreation ?: cacheCreation,
        later.cacheRead ?: cacheRead,
        later.output ?: output,
        later.details ?: details,
    )

    /** Anthropic counts beside each other what [Usage] counts within each other. */
    fun toUsage(): Usage = Usage(
        inputTokens = input?.let { it + (cacheCreation ?: 0) + (cacheRead ?: 0) },
        outputTokens = output,
        cachedInputTokens = cacheRead,
        reasoningTokens = details?.thinkingTokens,
        cacheWriteInputTokens = cacheCreation,
    )
}

@Serializable
internal class OutputDetails(@SerialName("thinking_tokens") val thinkingTokens: Long? = null)

internal fun finishReason(raw: String?): FinishReason = when (raw) {
    "end_turn", "stop_sequence" -> FinishReason.STOP

    "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH

    "tool_use" -> FinishReason.TOOL_CALLS

    "refusal" -> FinishReason.CONTENT_FILTER

    // A turn that is paused, "pause_turn", goes on when it is sent back: only its caller can tell what to do.
    else -> FinishReason.OTHER
}

internal fun JsonElement?.orNull(): JsonElement? = if (this is JsonNull) null else this
