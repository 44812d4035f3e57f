package dev.muster.gemini.internal

import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import dev.muster.http.codec.Fields
import dev.muster.http.endpoint.ErrorBody
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** The API format that marks the signed and the opaque parts of a response. No other format can read them. */
internal const val API_FORMAT = "gemini"

/** Metadata of a candidate. The API does not accept it in a request. */
internal val CANDIDATE_METADATA = listOf("groundingMetadata", "citationMetadata", "urlContextMetadata")

/**
 * A whole response, a piece of a stream, or an error in its place. Some gateways send numbers as text, text as numbers,
 * or an object instead of a list. What cannot be parsed counts as missing, unless it is a part of the content.
 */
internal class WireResponse(private val json: JsonObject) {
    /** The first candidate. Others exist only if the request sets `candidateCount`, and are ignored. */
    val first: Candidate? = json["candidates"].objects().firstOrNull { it["index"].isFirst() }?.let(::Candidate)

    val modelVersion: String? get() = json["modelVersion"].string()

    val responseId: String? get() = json["responseId"].string()

    /** The error that the response reports, or an error object in place of a response. */
    val error: ErrorBody?
        get() {
            val error = json["error"]
            return when {
                error is JsonPrimitive && error.content in NO_ERROR -> null
                error != null -> ErrorBody.ofError(error)
                OWN_FIELDS.any { it in json } -> null
                else -> ErrorBody.of(json)
            }
        }

    /** The reason why the prompt was blocked; null if it was not. */
    val blockReason: String?
        get() = if (first?.isEmpty ==
            false
        ) {
            null
        } else {
            (json["promptFeedback"] as? JsonObject)?.get("blockReason").word()
        }

    /** @param isOver whether these are the final counts: the total is not valid before */
    fun usage(isOver: Boolean): Usage? = (json["usageMetadata"] as? JsonObject)?.toUsage(isOver)

    /** Google counts thoughts and tool prompts separately; [Usage] includes them in the output and input tokens. */
    private fun JsonObject.toUsage(isOver: Boolean): Usage? {
        val thoughts = Fields.count(this["thoughtsTokenCount"])
        val usage = Usage.builder()
            .inputTokens(sum(Fields.count(this["promptTokenCount"]), Fields.count(this["toolUsePromptTokenCount"])))
            .outputTokens(sum(Fields.count(this["candidatesTokenCount"]), thoughts))
            .cachedInputTokens(Fields.count(this["cachedContentTokenCount"]))
            .reasoningTokens(thoughts)
            // Google leaves out counts of 0, so the total may be known even if a part is not.
            .totalTokens(if (isOver) Fields.count(this["totalTokenCount"]) else null)
            .build()
        return usage.takeIf { it != Usage.UNKNOWN }
    }

    private fun sum(a: Long?, b: Long?): Long? = if (a == null) b else a + (b ?: 0)

    private companion object {
        val OWN_FIELDS = setOf("candidates", "promptFeedback", "usageMetadata", "modelVersion", "responseId")
        val NO_ERROR = setOf("", "null", "false")
    }
}

/** One of the responses of the model, or a piece of it. */
internal class Candidate(private val json: JsonObject) {
    val parts: List<Part> = partsOf(json["content"] ?: json["parts"])

    /** The finish reason; null before the end. */
    val reason: String? get() = json["finishReason"].word()

    /** The provider's explanation of [reason]. */
    val finishMessage: String? get() = json["finishMessage"].string()

    val isEmpty: Boolean get() = parts.isEmpty() && reason == null

    /** The metadata called [name], one of [CANDIDATE_METADATA]. */
    fun metadata(name: String): JsonObject? = (json[name] as? JsonObject)?.takeIf { it.isNotEmpty() }
}

/** The model completed the response. */
internal const val STOP = "STOP"

/** The token limit cut the response. */
internal const val MAX_TOKENS = "MAX_TOKENS"

internal fun finishReason(raw: String?, callsTools: Boolean): FinishReason = when (raw) {
    STOP -> if (callsTools) FinishReason.TOOL_CALLS else FinishReason.STOP

    MAX_TOKENS -> FinishReason.LENGTH

    "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
    "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
    -> FinishReason.CONTENT_FILTER

    // MALFORMED_FUNCTION_CALL means that there is no tool call: a retry may help.
    else -> FinishReason.OTHER
}

/** The text of a string or a number; null if it is neither or is empty. */
internal fun JsonElement?.string(): String? = Fields.text(this)?.ifEmpty { null }

/** The value of an enum of the API; null for its `…_UNSPECIFIED` value. */
private fun JsonElement?.word(): String? = string()?.takeUnless { it.endsWith("_UNSPECIFIED") }

/** The objects of a list, or a single object in place of a list. */
internal fun JsonElement?.objects(): List<JsonObject> = Fields.objects(this)

private fun JsonElement?.isFirst() = this !is JsonPrimitive || (content.toDoubleOrNull() ?: 0.0) == 0.0
