package dev.muster.gemini.internal

import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import dev.muster.http.ErrorBody
import dev.muster.http.Fields
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** Reads what is known and passes over the rest: new kinds of parts and figures come without notice. */
internal val WIRE_JSON = Json { ignoreUnknownKeys = true }

/** What the signed and the opaque parts of an answer are called in a message: no other form can read them. */
internal const val FORM = "gemini"

/** What is told about a candidate beside its parts. The API does not take it back. */
internal val CANDIDATE_METADATA = listOf("groundingMetadata", "citationMetadata", "urlContextMetadata")

/**
 * A whole answer, a piece of a stream, or an error in its place. Gateways write numbers as texts, texts as numbers, and
 * an object where a list should be: what cannot be read counts as not sent, unless it is a part of the answer.
 */
internal class WireAnswer(private val json: JsonObject) {
    /** The first candidate; the others, which only `candidateCount` asks for, are left. */
    val first: Candidate? = json["candidates"].objects().firstOrNull { it["index"].isFirst() }?.let(::Candidate)

    val modelVersion: String? get() = json["modelVersion"].string()

    val responseId: String? get() = json["responseId"].string()

    /** What the answer reports as a failure, or what stands in its place. */
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

    /** Why nothing was generated, where the prompt is the reason. */
    val blockReason: String?
        get() = if (first?.isEmpty ==
            false
        ) {
            null
        } else {
            (json["promptFeedback"] as? JsonObject)?.get("blockReason").word()
        }

    /** @param isOver whether the figures are the last: the sum says nothing before */
    fun usage(isOver: Boolean): Usage? = (json["usageMetadata"] as? JsonObject)?.toUsage(isOver)

    /** Google counts beside each other what [Usage] counts within each other. */
    private fun JsonObject.toUsage(isOver: Boolean): Usage? {
        val thoughts = Fields.count(this["thoughtsTokenCount"])
        val usage = Usage(
            inputTokens = sum(Fields.count(this["promptTokenCount"]), Fields.count(this["toolUsePromptTokenCount"])),
            outputTokens = sum(Fields.count(this["candidatesTokenCount"]), thoughts),
            cachedInputTokens = Fields.count(this["cachedContentTokenCount"]),
            reasoningTokens = thoughts,
            // It leaves out what is 0, so that the sum may be known where a part is not.
            total = if (isOver) Fields.count(this["totalTokenCount"]) else null,
        )
        return usage.takeIf { it != Usage.UNKNOWN }
    }

    private fun sum(a: Long?, b: Long?): Long? = if (a == null) b else a + (b ?: 0)

    private companion object {
        val OWN_FIELDS = setOf("candidates", "promptFeedback", "usageMetadata", "modelVersion", "responseId")
        val NO_ERROR = setOf("", "null", "false")
    }
}

/** One of the answers that the model gives, or a piece of it. */
internal class Candidate(private val json: JsonObject) {
    val parts: List<Part> = partsOf(json["content"] ?: json["parts"])

    /** Why the answer ended, null before its end. */
    val reason: String? get() = json["finishReason"].word()

    /** What there is to say about [reason]. */
    val finishMessage: String? get() = json["finishMessage"].string()

    val isEmpty: Boolean get() = parts.isEmpty() && reason == null

    /** What is told under [name] of [CANDIDATE_METADATA]. */
    fun metadata(name: String): JsonObject? = (json[name] as? JsonObject)?.takeIf { it.isNotEmpty() }
}

/** The answer ended by itself. */
internal const val STOP = "STOP"

/** The token limit cut the answer. */
internal const val MAX_TOKENS = "MAX_TOKENS"

internal fun finishReason(raw: String?, callsTools: Boolean): FinishReason = when (raw) {
    STOP -> if (callsTools) FinishReason.TOOL_CALLS else FinishReason.STOP

    MAX_TOKENS -> FinishReason.LENGTH

    "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
    "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
    -> FinishReason.CONTENT_FILTER

    // A call that the model could not write properly, MALFORMED_FUNCTION_CALL, is none: asking again may help.
    else -> FinishReason.OTHER
}

internal fun JsonElement?.orNull(): JsonElement? = if (this is JsonNull) null else this

/** The text of a string or a number; null where there is none. */
internal fun JsonElement?.string(): String? = Fields.text(this)?.ifEmpty { null }

/** A word of a list that the API has, null for its first one, which says that nothing is said. */
private fun JsonElement?.word(): String? = string()?.takeUnless { it.endsWith("_UNSPECIFIED") }

/** The objects of a list, or the one that stands in its place. */
internal fun JsonElement?.objects(): List<JsonObject> = Fields.objects(this)

private fun JsonElement?.isFirst() = this !is JsonPrimitive || (content.toDoubleOrNull() ?: 0.0) == 0.0
