@file:JvmName("OutputTypes")

package dev.muster.agent

import dev.muster.agent.internal.AgentJson
import dev.muster.agent.internal.Inspected
import dev.muster.agent.internal.SchemaValidator
import dev.muster.agent.internal.Wrapping
import dev.muster.agent.internal.answerIn
import dev.muster.agent.internal.words
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.serializer
import java.util.function.Function

/**
 * A type that a model is asked to answer in: the JSON schema that it is shown and the way from its answer to the
 * object. Immutable; safe to share.
 */
public class OutputType<T> private constructor(
    name: String,
    private val wrapping: Wrapping,
    private val read: Function<String, T>,
) {
    /** What the type is called: letters, digits, `_` and `-`. Providers show it to the model. */
    @get:JvmName("name")
    public val name: String = name.filter { it in 'a'..'z' || it in 'A'..'Z' || it in '0'..'9' || it in "_-" }
        .take(MAX_NAME)
        .ifEmpty { "answer" }

    /**
     * The JSON schema that the model is shown: maps, lists, strings, numbers, booleans and nulls. Its root is an
     * object, for providers take no other: a type that is none, such as a list or an enum, stands in the property
     * `value`.
     */
    @get:JvmName("schema")
    public val schema: Map<String, Any?> get() = wrapping.schema

    private val validator = SchemaValidator(wrapping.schema, "it", isLenient = true)

    /**
     * The object that [text] says. A code fence or words around the JSON are passed over.
     *
     * @throws IllegalArgumentException where it says none, or several; the message is fit for the model to mend its
     *   answer by
     */
    public fun decode(text: String): T {
        val answer = answerIn(text, ::inspect)
        require(answer.faults.isEmpty()) { answer.faults.joinToString("; ") }
        return read(wrapping.unwrapped(answer.plain()))
    }

    @Suppress("TooGenericExceptionCaught") // Whatever a check throws; cancellation is an IllegalStateException.
    private fun read(json: String): T = try {
        read.apply(json)
    } catch (e: IllegalStateException) {
        throw e
    } catch (e: RuntimeException) {
        throw e as? IllegalArgumentException ?: IllegalArgumentException(e.words(), e)
    }

    private fun inspect(json: JsonElement): Inspected {
        val readings = wrapping.readings(json).map(validator::inspect)
        return readings.firstOrNull { it.faults.isEmpty() } ?: readings.first()
    }

    override fun toString(): String = "OutputType($name)"

    /** Makes output types. */
    public companion object {
        private const val MAX_NAME = 64

        /**
         * A type of your own.
         *
         * @param name see [OutputType.name]; other characters are left out
         * @param schema the JSON schema of what [read] reads
         * @param read makes the object from JSON that the schema allows. The message of what it throws is told to the
         *   model, to mend its answer by. An [IllegalStateException] ends the call instead: throw it where no answer
         *   would do
         */
        @JvmStatic
        public fun <T> of(name: String, schema: Map<String, Any?>, read: Function<String, T>): OutputType<T> =
            OutputType(name, Wrapping(schema), read)
    }
}

/** The output type of the `@Serializable` type [T], as [outputType] makes it of a serializer. */
@JvmSynthetic
public inline fun <reified T> outputType(): OutputType<T> = outputType(serializer<T>())

// Not a default of the one above: what is inlined would have every caller's module read that of Json.

/** The output type of the `@Serializable` type [T] with the serializers of [json], as [outputType] makes it. */
@JvmSynthetic
public inline fun <reified T> outputType(json: Json): OutputType<T> =
    outputType(json.serializersModule.serializer<T>(), json)

/**
 * The output type of what [serializer] reads. Properties that the type does not have are ignored, and one that has a
 * default has it where the answer leaves the property out or says null. What the type's own checks throw is told to the
 * model.
 *
 * @param json has the serializers of contextual and open polymorphic types, the naming strategy and the name of the
 *   discriminator; its settings for unknown keys, nulls and special numbers do not count
 * @throws IllegalArgumentException where the type has no JSON schema; the message says what to do
 */
@OptIn(ExperimentalSerializationApi::class)
@JvmSynthetic
public fun <T> outputType(serializer: KSerializer<T>, json: Json = Json): OutputType<T> {
    val descriptor = serializer.descriptor
    val name = descriptor.serialName.removeSuffix("?").substringAfterLast('.')
    val agentJson = AgentJson.of(json)
    return OutputType.of(name, agentJson.schemaOf(descriptor)) { agentJson.read(serializer, it) }
}
