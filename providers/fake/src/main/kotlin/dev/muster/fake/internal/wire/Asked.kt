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

/** The JSON reader and writer of all wire forms: a repeated field and text after the value are errors. */
internal val json: ObjectMapper =
    JsonMapper
        .builder()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .build()

/** A message of a request, reduced to what scripts look at. */
internal class AskedMessage(val role: String, val text: String, val toolCallId: String?)

/** What a request asks for, the same for every wire form. */
internal class Asked(
    val model: String,
    val stream: Boolean,
    val messages: List<AskedMessage>,
    val tools: List<String>,
    val maxTokens: Int?,
    /** Whether a stream ends with usage. */
    val streamUsage: Boolean,
    /** Texts at which the answer is to end, where the form has a place that says which one did. */
    val stop: List<String> = emptyList(),
    /** What the answer is to hold besides, where the form leaves it to be asked for. */
    val include: Set<String> = emptySet(),
    /** The texts to embed; null where it is a chat that is asked for. */
    val inputs: List<String>? = null,
    /** How long the vectors are to be, or null. */
    val dimensions: Int? = null,
) {
    /** The text of the last user message; empty when there is none. */
    val prompt: String = messages.lastOrNull { it.role == "user" }?.text.orEmpty()

    val words: Int get() = messages.sumOf { words(it.text).size } + inputs.orEmpty().sumOf { words(it).size }
}

/** What asks for the vectors of [inputs]. */
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

/** The texts of a field that holds one or a list of them. */
internal fun textsOf(input: JsonNode): List<String> =
    if (input.isTextual) listOf(input.textValue()) else input.map { it.asText() }

/** A call of a tool that an answer makes. */
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

/** An answer before it is put into a provider's form. */
internal class Answer(
    val serial: Int,
    val model: String,
    val reasoning: List<String>,
    /** A block of reasoning that nobody but the provider can read, behind [reasoning]; null for none. */
    val encryptedReasoning: String?,
    /** Blocks of the provider's own, as JSON. */
    val blocks: List<String>,
    /** Lazy, because it may be endless. */
    val tokens: Sequence<String>,
    val refusal: List<String>,
    val toolCalls: List<AnswerToolCall>,
    val finishReason: String,
    val usage: AnswerUsage?,
    /** Whether every object gets fields that no schema names. */
    val extraFields: Boolean,
) {
    /** Whether there is any reasoning, to be read or not. */
    val reasons: Boolean get() = reasoning.isNotEmpty() || encryptedReasoning != null
}

/**
 * What proves that this server has made a block of reasoning with this [text]. The same for the same text, so that a
 * block that comes back changed is seen.
 */
internal fun signatureOf(text: String): String {
    val digest = MessageDigest.getInstance("SHA-256").digest(text.toByteArray())
    return Base64.getEncoder().encodeToString("fake signature ".toByteArray() + digest)
}

/** A vector that stands for [text], of [dimensions] numbers between -1 and 1: equal for equal texts. */
internal fun vectorOf(text: String, dimensions: Int?): FloatArray {
    val random = Random(text.hashCode())
    return FloatArray(dimensions ?: DIMENSIONS) { random.nextFloat() * 2 - 1 }
}

private const val DIMENSIONS = 8

/** Splits text into pieces that joined give the text: a word with the blanks before it. */
internal fun words(text: String): List<String> = WORD.findAll(text).map { it.value }.toList()

private val WORD = Regex("""\s*\S+|\s+$""")

/**
 * A tool's [arguments] for the forms that send them as an object; a script that wants broken ones gets them as the text
 * it gave.
 */
internal fun looseJson(arguments: String): JsonNode = try {
    json.readTree(arguments).takeUnless { it.isMissingNode } ?: json.createObjectNode()
} catch (_: JsonProcessingException) {
    json.nodeFactory.textNode(arguments)
}

internal fun JsonNode.text(field: String): String? = get(field)?.takeIf { it.isTextual }?.textValue()

internal fun JsonNode.int(field: String): Int? = get(field)?.takeIf { it.isInt }?.intValue()
