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
 * How the arguments of tools and structured answers are read and the results of tools are written, with the serializers
 * and names of a user's [Json].
 */
@OptIn(ExperimentalSerializationApi::class)
internal class AgentJson private constructor(private val own: Json) {
    /** A property that the model adds is ignored, and null for what has a default counts as missing. */
    private val reading = Json(own) {
        ignoreUnknownKeys = true
        explicitNulls = false
        coerceInputValues = true
        allowSpecialFloatingPointValues = false
    }

    /** The model knows neither the defaults of a class nor what its properties are when nothing is said of them. */
    private val writing = Json(own) {
        encodeDefaults = true
        explicitNulls = true
        allowSpecialFloatingPointValues = true
        allowStructuredMapKeys = true
    }

    fun schemaOf(descriptor: SerialDescriptor): Map<String, Any?> = schemaOf(descriptor, own)

    /**
     * Reads [json]. By its text again: who reads elements says where a fault is in the innermost object only, not in
     * the whole.
     *
     * @throws IllegalArgumentException where [json] is not valid, also by a check of the type itself, whatever that
     *   throws; the message is fit for the model
     */
    @Suppress("TooGenericExceptionCaught") // Whatever the type's own check throws; cancellation passes.
    fun <T> read(deserializer: DeserializationStrategy<T>, json: String): T = try {
        reading.decodeFromString(deserializer, json)
    } catch (e: CancellationException) {
        throw e
    } catch (e: RuntimeException) {
        throw refusal(e)
    }

    /** [value] as JSON, with all of its properties. JSON has no word for NaN and infinity: they are strings. */
    fun <T> write(serializer: SerializationStrategy<T>, value: T): String {
        // The library's own serializer makes doubles of decimals.
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

/** Newer versions of the library wrap what a type's own check has thrown, whose words say best what is wrong. */
private fun refusal(e: RuntimeException): IllegalArgumentException {
    val own = generateSequence<Throwable>(e) { it.cause }.firstOrNull { it !is SerializationException }
    if (own is CancellationException) throw own
    // What follows repeats the JSON, which the model knows.
    val said = e.message.orEmpty().substringBefore("\nJSON input")
    if (own == null) return IllegalArgumentException(said, e)
    val path = said.substringAfter(AT_PATH, "").substringBefore('\n')
    val why = own.words()
    return IllegalArgumentException(if (path.isEmpty() || AT_PATH in why) why else "$why$AT_PATH$path", e)
}

/** What it says to a model; never its stack. */
internal fun Throwable.words(): String = message?.takeIf { it.isNotBlank() } ?: javaClass.simpleName

private const val AT_PATH = " at path: "
