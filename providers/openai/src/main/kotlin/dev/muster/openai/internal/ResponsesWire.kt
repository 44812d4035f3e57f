package dev.muster.openai.internal

import dev.muster.chat.FinishReason
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/** A response of the Responses API, whole or inside an event. */
@Serializable
internal class WireResponse(
    val id: String? = null,
    val model: String? = null,
    val status: String? = null,
    private val output: JsonElement? = null,
    val usage: WireUsage? = null,
    val error: JsonElement? = null,
    @SerialName("incomplete_details") val incompleteDetails: IncompleteDetails? = null,
) {
    /** The output items; null if the response has no output. */
    val items: List<OutputItem>? get() = output.objects()?.map(::OutputItem)

    val isIncomplete: Boolean get() = status == "incomplete"

    /** Whether the response is complete. Servers that send no status send complete responses only. */
    val isOver: Boolean get() = status == null || status in COMPLETED || isIncomplete

    val isFailed: Boolean get() = status == "failed"

    val isCancelled: Boolean get() = status in CANCELLED

    /** The finish reason in the provider's own word. */
    val rawFinish: String? get() = if (isIncomplete) incompleteDetails?.reason ?: status else status

    fun finish(callsTools: Boolean, refuses: Boolean): FinishReason = when {
        refuses -> FinishReason.CONTENT_FILTER
        !isIncomplete -> if (callsTools) FinishReason.TOOL_CALLS else FinishReason.STOP
        rawFinish == "max_output_tokens" -> FinishReason.LENGTH
        rawFinish == "content_filter" -> FinishReason.CONTENT_FILTER
        else -> FinishReason.OTHER
    }
}

private val COMPLETED = setOf("completed", "complete")

private val CANCELLED = setOf("cancelled", "canceled")

@Serializable
internal class IncompleteDetails(val reason: String? = null)

/** A message, a reasoning item, a tool call, or an item of a server tool. [json] is the item as received. */
internal class OutputItem(val json: JsonObject) {
    val type: String = text("type").orEmpty()
    val id: String? get() = text("id")
    val callId: String? get() = text("call_id")
    val name: String? get() = text("name")
    val arguments: String get() = json["arguments"].jsonText()

    /** The input of a custom tool. */
    val input: String get() = json["input"].string()

    /** The phase of a message: `commentary` or `final_answer`. */
    val phase: String? get() = text("phase")

    val isMessage: Boolean get() = type == "message" || (type.isEmpty() && "role" in json)
    val isReasoning: Boolean get() = type == "reasoning"
    val isCustomCall: Boolean get() = type == CUSTOM_CALL
    val isCall: Boolean get() = type == "function_call" || isCustomCall

    /** The text of a message. If there is no other text, the refusal. */
    val text: String
        get() = json["content"].string().ifEmpty { content.joinToString("") { it.said() } }

    val refuses: Boolean get() = content.any { it["refusal"].string().isNotEmpty() }

    /** The parts of a message. */
    val content: List<JsonObject> get() = json["content"].objects().orEmpty()

    /** The text of a reasoning item: its summary and, if the server sends it, its full content. */
    val reasoning: String
        get() = (json["summary"].objects().orEmpty() + content).mapNotNull { it["text"].string().ifEmpty { null } }
            .joinToString(PARAGRAPH)

    /** Returns the reasoning item to send back, with its position [at]; null if it cannot be sent back. */
    fun toThought(at: Kept.Position): Kept.Thought? {
        val sealed = text("encrypted_content")
        val id = id
        return if (sealed == null || id == null) null else Kept.Thought(at, id, sealed)
    }

    /** The summary of a reasoning item, which is sent back with it. */
    val summary: String
        get() = json["summary"].objects().orEmpty().map { it["text"].string() }.joinToString(PARAGRAPH)

    private fun text(name: String): String? = json[name].string().ifEmpty { null }
}

/** The text of a part of a message, or its refusal. */
internal fun JsonObject.said(): String = get("text").string().ifEmpty { get("refusal").string() }

/** The type of a call of a custom tool, whose input is text. */
internal const val CUSTOM_CALL: String = "custom_tool_call"

/** The objects of a list, or a single object in place of a list; null if it is neither. */
internal fun JsonElement?.objects(): List<JsonObject>? = when (this) {
    is JsonArray -> filterIsInstance<JsonObject>()
    is JsonObject -> listOf(this)
    else -> null
}

/** One event of a stream. */
@Suppress("LongParameterList") // One for each field of the events.
@Serializable
internal class ResponseEvent(
    val type: String? = null,
    val delta: JsonElement? = null,
    val arguments: JsonElement? = null,
    val input: JsonElement? = null,
    private val item: JsonElement? = null,
    val response: WireResponse? = null,
    @SerialName("item_id") val itemId: String? = null,
    @SerialName("output_index") val outputIndex: Int? = null,
    @SerialName("summary_index") val summaryIndex: Int = 0,
    @SerialName("content_index") val contentIndex: Int = 0,
    val code: JsonElement? = null,
    val message: String? = null,
    val error: JsonElement? = null,
) {
    val outputItem: OutputItem? get() = (item as? JsonObject)?.let(::OutputItem)
}

/** Separates two parts of a summary. */
internal const val PARAGRAPH: String = "\n\n"
