package dev.muster.agent

import dev.muster.agent.internal.AgentJson
import dev.muster.agent.internal.Inspected
import dev.muster.agent.internal.SchemaValidator
import dev.muster.agent.internal.Wrapping
import dev.muster.agent.internal.jsonIn
import dev.muster.agent.internal.words
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.serializer
import java.util.function.Function

/**
 * The type of a structured response: the JSON schema that the model sees, and how its response is decoded into an
 * object. Immutable; safe to share.
 */
public class OutputType<T> private constructor(
    name: String,
    private val wrapping: Wrapping,
    private val read: Function<String, T>,
) {
    /** The name of the type: letters, digits, `_` and `-`. Providers show it to the model. */
    @get:JvmName("name")
    public val name: String = name.filter { it in 'a'..'z' || it in 'A'..'Z' || it in '0'..'9' || it in "_-" }
        .take(MAX_NAME)
        .ifEmpty { "answer" }

    /**
     * The JSON schema that the model sees, made of maps, lists, strings, numbers, booleans and nulls. Its root is
     * always an object, because providers accept nothing else. A type that is not an object, such as a list or an enum,
     * is wrapped in an object with the property `value`.
     */
    @get:JvmName("schema")
    public val schema: Map<String, Any?> get() = wrapping.schema

    private val validator = SchemaValidator(wrapping.schema, "it", isLenient = true)

    /**
     * Decodes [text] into an object. A code fence or words around the JSON are ignored.
     *
     * @throws IllegalArgumentException if [text] contains no valid object or more than one; the message tells the model
     *   how to correct its response
     */
    public fun decode(text: String): T {
        val found = jsonIn(text, ::inspect)
        require(found.faults.isEmpty()) { found.faults.joinToString("; ") }
        return read(wrapping.unwrapped(found.plain()))
    }

    @Suppress("TooGenericExceptionCaught") // A check may throw anything; cancellation is an IllegalStateException.
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

    /** Creates output types. */
    public companion object {
        private const val MAX_NAME = 64

        /**
         * Creates a custom output type.
         *
         * @param name see [OutputType.name]; other characters are removed
         * @param schema the JSON schema of what [read] accepts
         * @param read creates the object from JSON that is valid under [schema]. If it throws, the model receives the
         *   message of the exception and is asked again. Throw an [IllegalStateException] to end the call instead, if
         *   no response could be valid
         */
        @JvmStatic
        public fun <T> of(name: String, schema: Map<String, Any?>, read: Function<String, T>): OutputType<T> =
            OutputType(name, Wrapping(schema), read)
    }
}

/** Returns the output type of the `@Serializable` type [T]; see [outputType] with a serializer. */
@JvmSynthetic
public inline fun <reified T> outputType(): OutputType<T> = outputType(serializer<T>())

// Not a default argument of the function above: inlined, it would make every caller depend on Json's module.

/** Returns the output type of the `@Serializable` type [T] with the serializers in [json]; see [outputType]. */
@JvmSynthetic
public inline fun <reified T> outputType(json: Json): OutputType<T> =
    outputType(json.serializersModule.serializer<T>(), json)

/**
 * Returns the output type of the type that [serializer] reads. Unknown properties in a response are ignored. A property
 * with a default gets it if the response leaves the property out or sets it to null. If a check in the type throws, the
 * model receives the message.
 *
 * @param json supplies the serializers of contextual and open polymorphic types, the naming strategy and the name of
 *   the discriminator; its settings for unknown keys, nulls and special numbers are ignored
 * @throws IllegalArgumentException if the type has no JSON schema; the message says what to do
 */
@OptIn(ExperimentalSerializationApi::class)
@JvmSynthetic
public fun <T> outputType(serializer: KSerializer<T>, json: Json = Json): OutputType<T> {
    val descriptor = serializer.descriptor
    val name = descriptor.serialName.removeSuffix("?").substringAfterLast('.')
    val agentJson = AgentJson.of(json)
    return OutputType.of(name, agentJson.schemaOf(descriptor)) { agentJson.read(serializer, it) }
}
