package dev.muster.ollama.internal

import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.Usage
import dev.muster.http.Numbers
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** Reads what is known and passes over the rest. */
internal val WIRE_JSON = Json { ignoreUnknownKeys = true }

/** A whole answer or one line of a stream. */
@Serializable
internal class ChatLine(
    val model: String? = null,
    val message: WireMessage? = null,
    val done: Boolean? = null,
    @SerialName("done_reason") val doneReason: String? = null,
    @SerialName("prompt_eval_count") private val promptTokens: JsonElement? = null,
    @SerialName("eval_count") private val answerTokens: JsonElement? = null,
    val error: JsonElement? = null,
) {
    /** Ollama counts neither cached nor reasoning tokens, and leaves a count out where it has none. */
    val usage: Usage?
        get() {
            val asked = Numbers.count(promptTokens)
            val answered = Numbers.count(answerTokens)
            return if (asked == null && answered == null) null else Usage(asked, answered)
        }

    /** Whether the model was only loaded into memory, or taken out of it: nothing was generated. */
    val isLoading: Boolean get() = doneReason == "load" || doneReason == "unload"

    val reportedError: JsonElement? get() = if (error is JsonNull) null else error
}

@Serializable
internal class WireMessage(
    val content: String? = null,
    val thinking: String? = null,
    @SerialName("tool_calls") private val calls: JsonElement? = null,
) {
    /** The calls of tools; one alone comes without a list from some servers. */
    val toolCalls: List<WireToolCall>
        get() =
            when (calls) {
                is JsonArray -> calls.map { WIRE_JSON.decodeFromJsonElement(WireToolCall.serializer(), it) }
                is JsonObject -> listOf(WIRE_JSON.decodeFromJsonElement(WireToolCall.serializer(), calls))
                else -> emptyList()
            }
}

@Serializable
internal class WireToolCall(private val id: JsonElement? = null, private val function: WireFunction? = null) {
    val name: String get() = function?.name.orEmpty()

    val arguments: String get() = function?.argumentsText.orEmpty()

    /** The server's id, some of which are numbers; empty for none. */
    val givenId: String get() = (id as? JsonPrimitive)?.takeIf { it !is JsonNull }?.content.orEmpty()
}

/**
 * The ids of one answer's calls, of which the first that has none is number [next]. Older servers give no id, but the
 * result has to name its call, and other providers want no id twice.
 */
internal class CallIds(private var next: Int) {
    private val used = HashSet<String>()

    /** The id of the next call, of which the server says that it is [given]. */
    fun of(given: String): String {
        val number = next++
        val free = if (given.isEmpty()) "$CALL$number" else given
        // Two of one answer that are called the same would be one.
        return if (used.add(free)) free else generateSequence(number) { it + 1 }.map { "$CALL$it" }.first(used::add)
    }
}

private const val CALL = "call_"

/** The number of the next call in a conversation of [messages]: no call there has it, or one above it. */
internal fun nextCall(messages: List<Message>): Int = messages
    .flatMap { it.toolCalls }
    .mapNotNull { call -> call.id.takeIf { it.startsWith(CALL) }?.removePrefix(CALL)?.toIntOrNull() }
    .maxOrNull()
    ?.let { (it + 1).coerceAtLeast(0) } ?: 0

@Serializable
internal class WireFunction(val name: String? = null, val arguments: JsonElement? = null) {
    val argumentsText: String
        get() =
            when (arguments) {
                null, JsonNull -> ""
                is JsonPrimitive -> arguments.content
                else -> arguments.toString()
            }
}

/** Ollama says "stop" of an answer that calls tools, too. */
internal fun finishReason(raw: String?, callsTools: Boolean): FinishReason = when (raw) {
    "stop", null -> if (callsTools) FinishReason.TOOL_CALLS else FinishReason.STOP
    "length" -> FinishReason.LENGTH
    else -> FinishReason.OTHER
}
