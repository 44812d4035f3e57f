package dev.muster.gemini.internal

import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull

/** Reads what is known and passes over the rest: new kinds of parts and figures come without notice. */
internal val WIRE_JSON = Json { ignoreUnknownKeys = true }

/** What the signed parts of an answer are called in a message: no other form can read them. */
internal const val FORM = "gemini"

/** A whole answer, a piece of a stream, or an error in its place. */
@Serializable
internal class WireAnswer(
    val candidates: List<Candidate>? = null,
    val promptFeedback: PromptFeedback? = null,
    val usageMetadata: UsageMetadata? = null,
    val modelVersion: String? = null,
    val responseId: String? = null,
    val error: JsonElement? = null,
) {
    /** The first candidate; the others, which only `candidateCount` asks for, are left. */
    val first: Candidate? get() = candidates?.firstOrNull { (it.index ?: 0) == 0 }

    /** Why nothing was generated, where the prompt is the reason. */
    val blockReason: String? get() = if (candidates.isNullOrEmpty()) promptFeedback?.blockReason else null
}

@Serializable
internal class PromptFeedback(val blockReason: String? = null)

@Serializable
internal class Candidate(
    val content: Content? = null,
    private val finishReason: String? = null,
    val index: Int? = null,
) {
    val parts: List<Part> get() = content?.parts.orEmpty()

    /** Why the answer ended, null before its end. */
    val reason: String? get() = finishReason?.takeIf { it != "FINISH_REASON_UNSPECIFIED" }
}

@Serializable
internal class Content(val parts: List<Part>? = null)

/** One kind of data and what belongs to it; code and media are no part of a text answer. */
@Serializable
internal class Part(
    val text: String? = null,
    val thought: Boolean? = null,
    val thoughtSignature: String? = null,
    val functionCall: FunctionCall? = null,
) {
    val isThought: Boolean get() = thought == true
}

@Serializable
internal class FunctionCall(val id: String? = null, val name: String? = null, val args: JsonElement? = null) {
    val arguments: String get() = args.orNull()?.toString() ?: "{}"

    fun toToolCall(responseId: String?, at: Int, signature: String?): ToolCall =
        ToolCall(idOr(responseId, at), name.orEmpty(), arguments, signature)

    /** The model's id of the call, else one that is the same each time the answer is read, and in no other answer. */
    fun idOr(responseId: String?, at: Int): String =
        id?.ifEmpty { null } ?: listOfNotNull("call", responseId, at).joinToString("_")
}

@Serializable
internal class UsageMetadata(
    private val promptTokenCount: Long? = null,
    private val toolUsePromptTokenCount: Long? = null,
    private val cachedContentTokenCount: Long? = null,
    private val candidatesTokenCount: Long? = null,
    private val thoughtsTokenCount: Long? = null,
    private val totalTokenCount: Long? = null,
) {
    /** Google counts beside each other what [Usage] counts within each other; the sum says nothing before the end. */
    fun toUsage(isOver: Boolean = true): Usage = Usage(
        inputTokens = sum(promptTokenCount, toolUsePromptTokenCount),
        outputTokens = sum(candidatesTokenCount, thoughtsTokenCount),
        cachedInputTokens = cachedContentTokenCount,
        reasoningTokens = thoughtsTokenCount,
        // It leaves out what is 0, so that the sum may be known where a part is not.
        total = totalTokenCount.takeIf { isOver },
    )

    private fun sum(a: Long?, b: Long?): Long? = if (a == null) b else a + (b ?: 0)
}

/** The answer ended by itself. */
internal const val STOP = "STOP"

internal fun finishReason(raw: String?, callsTools: Boolean): FinishReason = when (raw) {
    STOP -> if (callsTools) FinishReason.TOOL_CALLS else FinishReason.STOP

    "MAX_TOKENS" -> FinishReason.LENGTH

    "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
    "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
    -> FinishReason.CONTENT_FILTER

    // A call that the model could not write properly, MALFORMED_FUNCTION_CALL, is none: asking again may help.
    else -> FinishReason.OTHER
}

internal fun JsonElement?.orNull(): JsonElement? = if (this is JsonNull) null else this
