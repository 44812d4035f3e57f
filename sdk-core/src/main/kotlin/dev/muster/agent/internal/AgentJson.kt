package dev.muster.agent.internal

import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.SerializationException
import kotlinx.serialization.SerializationStrategy
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.util.concurrent.CancellationException

/**
 * Reads tool arguments and structured responses, and writes tool results, with the serializers and names of a user's
 * [Json].
 */
@OptIn(ExperimentalSerializationApi::class)
internal class AgentJson private constructor(private val own: Json) {
    /** Ignores properties that the model adds; null for a property with a default counts as missing. */
    private val reading = Json(own) {
        ignoreUnknownKeys = true
        explicitNulls = false
        coerceInputValues = true
        allowSpecialFloatingPointValues = false
    }

    /** Writes defaults and nulls too: the model does not know what a missing property would mean. */
    private val writing = Json(own) {
        encodeDefaults = true
        explicitNulls = true
        allowSpecialFloatingPointValues = true
        allowStructuredMapKeys = true
    }

    fun schemaOf(descriptor: SerialDescriptor): Map<String, Any?> = schemaOf(descriptor, own)

    /**
     * Reads [json]. From the text, not from a parsed element: errors of the element reader give the path within the
     * innermost object only, not from the root.
     *
     * @throws IllegalArgumentException if [json] is not valid, or a check of the type itself throws anything; the
     *   message is written for the model
     */
    @Suppress("TooGenericExceptionCaught") // A check of the type may throw anything; cancellation is rethrown.
    fun <T> read(deserializer: DeserializationStrategy<T>, json: String): T = try {
        reading.decodeFromString(deserializer, json)
    } catch (e: CancellationException) {
        throw e
    } catch (e: RuntimeException) {
        throw refusal(e)
    }

    /**
     * Returns [value] as JSON with all of its properties. NaN and infinity become strings: JSON has no literals for
     * them.
     */
    fun <T> write(serializer: SerializationStrategy<T>, value: T): String {
        // The library's serializer of JsonElement would turn decimals into doubles.
        val json = if (value is JsonElement) value.toString() else writing.encodeToString(serializer, value)
        return if (SPECIAL.any { it in json }) Json.parseToJsonElement(json).withQuotedWords().toString() else json
    }

    private fun JsonElement.withQuotedWords(): JsonElement = when (this) {
        is JsonObject -> JsonObject(mapValues { it.value.withQuotedWords() })
        is JsonArray -> JsonArray(map { it.withQuotedWords() })
        JsonNull -> this
        is JsonPrimitive -> if (SPECIAL.any { content.endsWith(it) }) JsonPrimitive(content) else this
    }

    companion object {
        private val DEFAULT = AgentJson(Json)
        private val SPECIAL = listOf("NaN", "Infinity")

        fun of(json: Json): AgentJson = if (json === Json) DEFAULT else AgentJson(json)
    }
}

/** Newer versions of the library wrap an exception from the type's own check, whose message explains the error best. */
private fun refusal(e: RuntimeException): IllegalArgumentException {
    val own = generateSequence<Throwable>(e) { it.cause }.firstOrNull { it !is SerializationException }
    if (own is CancellationException) throw own
    // The rest repeats the JSON, which the model already has.
    val said = e.message.orEmpty().substringBefore("\nJSON input")
    if (own == null) return IllegalArgumentException(said, e)
    val path = said.substringAfter(AT_PATH, "").substringBefore('\n')
    val why = own.words()
    return IllegalArgumentException(if (path.isEmpty() || AT_PATH in why) why else "$why$AT_PATH$path", e)
}

/** The text for the model: the message, else the class name. Never the stack trace. */
internal fun Throwable.words(): String = message?.takeIf { it.isNotBlank() } ?: javaClass.simpleName

private const val AT_PATH = " at path: "
