package dev.muster.anthropic.internal

import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import dev.muster.http.codec.Fields
import dev.muster.http.codec.orNull
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.Transient
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull

/** Why a response is malformed that cannot be parsed. */
internal const val NOT_A_MESSAGE = "cannot parse the response as a message"

/**
 * A whole response, or an error in its place. Anything other than text and tool calls may have an unexpected format: if
 * it cannot be parsed, it is treated as missing.
 */
internal class WireMessage(json: JsonObject) {
    val id: String? = json.text("id")
    val model: String? = json.text("model")

    /** The content blocks; null if there is not even an empty list. */
    val content: List<Block>? = blocksIn(json["content"].orNull())
    val stopReason: String? = json.text("stop_reason")
    val usage: WireUsage? = WireUsage.of(json["usage"])
    val container: JsonObject? = json["container"] as? JsonObject
    val error: JsonElement? = json["error"].orNull()
    val requestId: String? = json.text("request_id")
}

/** Returns the blocks of [content], which may be a list of blocks, a single block, or only a text. */
private fun blocksIn(content: JsonElement?): List<Block>? = when (content) {
    null -> null
    is JsonArray -> content.mapNotNull { it.orNull()?.let(::blockOf) }
    is JsonPrimitive -> if (content.isString) listOf(blockOf(content)) else null
    is JsonObject -> listOf(Block(content))
}

private fun blockOf(element: JsonElement): Block = when {
    element is JsonObject -> Block(element)

    element is JsonPrimitive && element.isString ->
        Block(JsonObject(mapOf("type" to JsonPrimitive("text"), "text" to element)))

    else -> throw SerializationException("A content block is neither an object nor a text")
}

/** One event of a stream. Its fields depend on its type. */
@Serializable
internal class WireEvent(
    val type: String? = null,
    private val index: JsonElement? = null,
    private val message: JsonElement? = null,
    @SerialName("content_block") private val block: JsonElement? = null,
    val delta: Delta? = null,
    private val usage: JsonElement? = null,
    private val error: JsonElement? = null,
    @SerialName("request_id") private val id: JsonElement? = null,
) {
    /** The index of the block that it belongs to; null if there is none. */
    val at: Int? get() = Fields.count(index)?.toInt()

    // Parsed together with the event, so that invalid content makes the event malformed.
    @Transient
    val begun: WireMessage? = (message as? JsonObject)?.let(::WireMessage)

    @Transient
    val begunBlock: Block? = block.orNull()?.let(::blockOf)

    val figures: WireUsage? get() = WireUsage.of(usage)

    val isError: Boolean get() = type == "error" || error.orNull() != null

    val requestId: String? get() = (id as? JsonPrimitive)?.contentOrNull

    /** The text, if this is a piece of text and nothing else; otherwise null. */
    val onlyText: String?
        get() = delta?.onlyText?.takeIf { type == "content_block_delta" && usage == null && it.isNotEmpty() }
}

/** A piece of a block, or, in `message_delta`, the stop reason. */
@Serializable
internal class Delta(
    val type: String? = null,
    val text: String? = null,
    val thinking: String? = null,
    val signature: String? = null,
    @SerialName("partial_json") private val partialJson: JsonElement? = null,
    val citation: JsonElement? = null,
    @SerialName("stop_reason") private val reason: JsonElement? = null,
    val container: JsonElement? = null,
) {
    /** A piece of a tool's input. */
    val input: String get() = Fields.json(partialJson)

    val stopReason: String? get() = (reason as? JsonPrimitive)?.contentOrNull

    val onlyText: String?
        get() = text?.takeIf { thinking == null && signature == null && partialJson == null && reason == null }

    /** Whether the type is unknown, so that its fields are none of those above. */
    val isUnknown: Boolean get() = type != null && type !in KNOWN

    private companion object {
        val KNOWN = setOf("text_delta", "thinking_delta", "signature_delta", "input_json_delta", "citations_delta")
    }
}

/** The counts of a usage that could be parsed. */
internal class WireUsage(
    private val input: Long? = null,
    private val cacheCreation: Long? = null,
    private val cacheRead: Long? = null,
    private val output: Long? = null,
    private val thinking: Long? = null,
) {
    /** Returns these counts, replaced by those that [later] has. */
    fun updatedBy(later: WireUsage): WireUsage = WireUsage(
        later.input ?: input,
        later.cacheCreation ?: cacheCreation,
        later.cacheRead ?: cacheRead,
        later.output ?: output,
        later.thinking ?: thinking,
    )

    /** Anthropic counts cached tokens separately; [Usage] includes them in the input tokens. */
    fun toUsage(): Usage = Usage.builder()
        .inputTokens(input?.let { it + (cacheCreation ?: 0) + (cacheRead ?: 0) })
        .outputTokens(output)
        .cachedInputTokens(cacheRead)
        .reasoningTokens(thinking)
        .cacheWriteInputTokens(cacheCreation)
        .build()

    companion object {
        /** Parses [element] as a usage; returns null if it is not an object. */
        fun of(element: JsonElement?): WireUsage? {
            val json = element as? JsonObject ?: return null
            return WireUsage(
                Fields.count(json["input_tokens"]),
                Fields.count(json["cache_creation_input_tokens"]),
                Fields.count(json["cache_read_input_tokens"]),
                Fields.count(json["output_tokens"]),
                Fields.count((json["output_tokens_details"] as? JsonObject)?.get("thinking_tokens")),
            )
        }
    }
}

internal fun finishReason(raw: String?): FinishReason = when (raw) {
    "end_turn", "stop_sequence" -> FinishReason.STOP
    "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH
    "tool_use" -> FinishReason.TOOL_CALLS
    "refusal" -> FinishReason.CONTENT_FILTER
    "pause_turn" -> FinishReason.PAUSED
    else -> FinishReason.OTHER
}

/** The field [name] as text, if it is a text or a number; otherwise null. */
internal fun JsonObject.text(name: String): String? = Fields.text(get(name))
