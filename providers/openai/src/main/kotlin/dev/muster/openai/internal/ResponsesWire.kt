package dev.muster.openai.internal

import dev.muster.chat.FinishReason
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/** A whole answer of the Responses API; its events repeat it. */
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
    /** What the answer consists of; null where it has no output. */
    val items: List<OutputItem>? get() = output.objects()?.map(::OutputItem)

    val isIncomplete: Boolean get() = status == "incomplete"

    /** Whether nothing more comes of it; servers that send no status have no others. */
    val isOver: Boolean get() = status == null || status in COMPLETED || isIncomplete

    val isFailed: Boolean get() = status == "failed"

    val isCancelled: Boolean get() = status in CANCELLED

    /** Why the answer ended, in the provider's word. */
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

/** A message, a block of reasoning, a call, or what one of the provider's own tools did: [json], as it came. */
internal class OutputItem(val json: JsonObject) {
    val type: String = text("type").orEmpty()
    val id: String? get() = text("id")
    val callId: String? get() = text("call_id")
    val name: String? get() = text("name")
    val arguments: String get() = json["arguments"].jsonText()

    /** What a custom tool is given. */
    val input: String get() = json["input"].string()

    /** Of a message: `commentary` on the way, or `final_answer`. */
    val phase: String? get() = text("phase")

    val isMessage: Boolean get() = type == "message" || (type.isEmpty() && "role" in json)
    val isReasoning: Boolean get() = type == "reasoning"
    val isCustomCall: Boolean get() = type == CUSTOM_CALL
    val isCall: Boolean get() = type == "function_call" || isCustomCall

    /** What a message says; a refusal is the answer where there is no other. */
    val text: String
        get() = json["content"].string().ifEmpty { content.joinToString("") { it.said() } }

    val refuses: Boolean get() = content.any { it["refusal"].string().isNotEmpty() }

    /** The parts of a message. */
    val content: List<JsonObject> get() = json["content"].objects().orEmpty()

    /** What a block of reasoning tells: its summary, or all of it where the server is open. */
    val reasoning: String
        get() = (json["summary"].objects().orEmpty() + content).mapNotNull { it["text"].string().ifEmpty { null } }
            .joinToString(PARAGRAPH)

    /** The block of reasoning as it goes back, [at] its place; null where it does not. */
    fun toThought(at: Kept.Position): Kept.Thought? {
        val sealed = text("encrypted_content")
        val id = id
        return if (sealed == null || id == null) null else Kept.Thought(at, id, sealed)
    }

    /** The words of a block of reasoning that go back with it. */
    val summary: String
        get() = json["summary"].objects().orEmpty().map { it["text"].string() }.joinToString(PARAGRAPH)

    private fun text(name: String): String? = json[name].string().ifEmpty { null }
}

/** What a part of a message says. */
internal fun JsonObject.said(): String = get("text").string().ifEmpty { get("refusal").string() }

/** The type of an item that calls a tool which takes a text. */
internal const val CUSTOM_CALL: String = "custom_tool_call"

/** The objects of a list, or the one that stands in its place; null where there is neither. */
internal fun JsonElement?.objects(): List<JsonObject>? = when (this) {
    is JsonArray -> filterIsInstance<JsonObject>()
    is JsonObject -> listOf(this)
    else -> null
}

/** One event of a stream. */
@Suppress("LongParameterList") // As many as the events have fields.
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

/** Between two parts of a summary. */
internal const val PARAGRAPH: String = "\n\n"
