package dev.muster.fake.internal.wire

import com.fasterxml.jackson.core.JsonParser
import com.fasterxml.jackson.core.JsonProcessingException
import com.fasterxml.jackson.databind.DeserializationFeature
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.json.JsonMapper
import java.security.MessageDigest
import java.util.Base64
import kotlin.random.Random

/** The JSON reader and writer of all API formats. A repeated field or text after the value is an error. */
internal val json: ObjectMapper =
    JsonMapper
        .builder()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .build()

/** A message of a request, reduced to what scripts can see. */
internal class AskedMessage(val role: String, val text: String, val toolCallId: String?)

/** A request, independent of the API format. */
internal class Asked(
    val model: String,
    val stream: Boolean,
    val messages: List<AskedMessage>,
    val tools: List<String>,
    val maxTokens: Int?,
    /** Whether a stream ends with usage. */
    val streamUsage: Boolean,
    /** The stop sequences, if the API format reports which one was hit. */
    val stop: List<String> = emptyList(),
    /** What the response must include in addition, if the API format has such an option. */
    val include: Set<String> = emptySet(),
    /** The texts to embed, or null for a chat request. */
    val inputs: List<String>? = null,
    /** The requested vector length, or null. */
    val dimensions: Int? = null,
) {
    /** The text of the last user message. Empty if there is none. */
    val prompt: String = messages.lastOrNull { it.role == "user" }?.text.orEmpty()

    val words: Int get() = messages.sumOf { words(it.text).size } + inputs.orEmpty().sumOf { words(it).size }
}

/** Returns a request for the embeddings of [inputs]. */
internal fun askedToEmbed(
    model: String,
    inputs: List<String>,
    dimensions: Int?,
    include: Set<String> = emptySet(),
): Asked = Asked(
    model = model,
    stream = false,
    messages = emptyList(),
    tools = emptyList(),
    maxTokens = null,
    streamUsage = false,
    include = include,
    inputs = inputs,
    dimensions = dimensions,
)

/** Returns the texts of a field that contains one text or a list of texts. */
internal fun textsOf(input: JsonNode): List<String> =
    if (input.isTextual) listOf(input.textValue()) else input.map { it.asText() }

/** A tool call in an answer. */
internal class AnswerToolCall(val id: String, val name: String, val arguments: String)

/** Token counts of an answer. */
internal class AnswerUsage(
    val prompt: Int,
    val completion: Int,
    val cached: Int,
    val reasoning: Int,
    /** The part of [prompt] that was written to the cache. */
    val cacheCreation: Int = 0,
) {
    fun withCacheCreation(tokens: Int): AnswerUsage = AnswerUsage(prompt, completion, cached, reasoning, tokens)
}

/** An answer that is independent of the API format. */
internal class Answer(
    val serial: Int,
    val model: String,
    val reasoning: List<String>,
    /** A block of reasoning after [reasoning] that only the provider can read, or null. */
    val encryptedReasoning: String?,
    /** Provider-specific blocks as JSON. */
    val blocks: List<String>,
    /** Lazy, because it may be endless. */
    val tokens: Sequence<String>,
    val refusal: List<String>,
    val toolCalls: List<AnswerToolCall>,
    val finishReason: String,
    val usage: AnswerUsage?,
    /** Whether every object gets fields that no schema contains. */
    val extraFields: Boolean,
) {
    /** Whether there is any reasoning, readable or encrypted. */
    val reasons: Boolean get() = reasoning.isNotEmpty() || encryptedReasoning != null
}

/**
 * A signature that proves that this server created the reasoning with this [text]. It depends only on the text, so a
 * changed block is detected.
 */
internal fun signatureOf(text: String): String {
    val digest = MessageDigest.getInstance("SHA-256").digest(text.toByteArray())
    return Base64.getEncoder().encodeToString("fake signature ".toByteArray() + digest)
}

/** Returns a vector for [text] with [dimensions] numbers between -1 and 1. Equal texts get equal vectors. */
internal fun vectorOf(text: String, dimensions: Int?): FloatArray {
    val random = Random(text.hashCode())
    return FloatArray(dimensions ?: DIMENSIONS) { random.nextFloat() * 2 - 1 }
}

private const val DIMENSIONS = 8

/** Splits text into words, each with the whitespace before it. Joined, they give the text again. */
internal fun words(text: String): List<String> = WORD.findAll(text).map { it.value }.toList()

private val WORD = Regex("""\s*\S+|\s+$""")

/**
 * Returns a tool's [arguments] for the API formats that send them as an object. If they are not valid JSON, returns
 * them as a text, because scripts may send broken arguments.
 */
internal fun looseJson(arguments: String): JsonNode = try {
    json.readTree(arguments).takeUnless { it.isMissingNode } ?: json.createObjectNode()
} catch (_: JsonProcessingException) {
    json.nodeFactory.textNode(arguments)
}

internal fun JsonNode.text(field: String): String? = get(field)?.takeIf { it.isTextual }?.textValue()

internal fun JsonNode.int(field: String): Int? = get(field)?.takeIf { it.isInt }?.intValue()
