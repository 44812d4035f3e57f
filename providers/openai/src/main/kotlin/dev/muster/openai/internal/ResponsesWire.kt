package dev.muster.openai.internal

import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.http.Place
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonElement

/** A whole answer of the Responses API; its events repeat it. */
@Serializable
internal class WireResponse(
    val id: String? = null,
    val model: String? = null,
    val status: String? = null,
    val output: List<OutputItem>? = null,
    val usage: WireUsage? = null,
    val error: JsonElement? = null,
    @SerialName("incomplete_details") val incompleteDetails: IncompleteDetails? = null,
) {
    val isIncomplete: Boolean get() = status == "incomplete"

    /** Whether nothing more comes of it; servers that send no status have no others. */
    val isOver: Boolean get() = status == null || status == "completed" || isIncomplete

    /** Why the answer ended, in the provider's word. */
    val rawFinish: String? get() = if (isIncomplete) incompleteDetails?.reason ?: status else status

    fun finish(callsTools: Boolean): FinishReason = when {
        output.orEmpty().any { it.refuses } -> FinishReason.CONTENT_FILTER
        !isIncomplete -> if (callsTools) FinishReason.TOOL_CALLS else FinishReason.STOP
        rawFinish == "max_output_tokens" -> FinishReason.LENGTH
        rawFinish == "content_filter" -> FinishReason.CONTENT_FILTER
        else -> FinishReason.OTHER
    }
}

@Serializable
internal class IncompleteDetails(val reason: String? = null)

/** A message, a block of reasoning or a call of a tool; items of other kinds are OpenAI's own tools'. */
@Serializable
internal class OutputItem(
    val type: String? = null,
    val id: String? = null,
    val content: List<ItemPart>? = null,
    val summary: List<ItemPart>? = null,
    @SerialName("encrypted_content") val encrypted: String? = null,
    @SerialName("call_id") val callId: String? = null,
    val name: String? = null,
    val arguments: JsonElement? = null,
    /** Of a message: `commentary` on the way, or `final_answer`. */
    val phase: String? = null,
) {
    val isMessage: Boolean get() = type == "message"
    val isReasoning: Boolean get() = type == "reasoning"
    val isFunctionCall: Boolean get() = type == "function_call"

    /** What a message says; a refusal is the answer where there is no other. */
    val text: String get() = content.orEmpty().joinToString("") { it.text ?: it.refusal.orEmpty() }

    val refuses: Boolean get() = content.orEmpty().any { !it.refusal.isNullOrEmpty() }

    /** What a block of reasoning tells: its summary, or all of it where the server is open. */
    val reasoning: String
        get() = (summary.orEmpty() + content.orEmpty()).mapNotNull { it.text }.joinToString(PARAGRAPH)

    /** The block of reasoning as it goes back to [place]; null where it does not. */
    fun toPart(place: Place): ContentPart.Reasoning? {
        val sealed = encrypted
        if (sealed.isNullOrEmpty() || id.isNullOrEmpty()) return null
        val told = summary.orEmpty().mapNotNull { it.text }.joinToString(PARAGRAPH)
        return Kept.Thought(place, id, sealed).toPart(told)
    }
}

@Serializable
internal class ItemPart(val text: String? = null, val refusal: String? = null)

/** One event of a stream. */
@Serializable
internal class ResponseEvent(
    val type: String? = null,
    val delta: JsonElement? = null,
    val arguments: JsonElement? = null,
    val item: OutputItem? = null,
    val response: WireResponse? = null,
    @SerialName("output_index") val outputIndex: Int = 0,
    @SerialName("summary_index") val summaryIndex: Int = 0,
    @SerialName("content_index") val contentIndex: Int = 0,
    val code: JsonElement? = null,
    val message: String? = null,
    val error: JsonElement? = null,
)

/** Between two parts of a summary. */
internal const val PARAGRAPH: String = "\n\n"
