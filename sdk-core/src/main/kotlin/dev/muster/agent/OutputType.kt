@file:JvmName("OutputTypes")

package dev.muster.agent

import dev.muster.agent.internal.AGENT_JSON
import dev.muster.agent.internal.SchemaValidator
import dev.muster.agent.internal.Wrapping
import dev.muster.agent.internal.jsonIn
import dev.muster.agent.internal.schemaOf
import dev.muster.agent.internal.withPlainIntegers
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerializationException
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
     * @throws IllegalArgumentException where it says none; the message is fit for the model to mend its answer by
     */
    public fun decode(text: String): T {
        val json = wrapping.wrapped(jsonIn(text))
        val faults = validator.faultsOf(json)
        require(faults.isEmpty()) { faults.joinToString("; ") }
        return read.apply(wrapping.unwrapped(json.withPlainIntegers()))
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
         * @param read makes the object from JSON that the schema allows, else throws [IllegalArgumentException] with a
         *   message that the model can mend its answer by
         */
        @JvmStatic
        public fun <T> of(name: String, schema: Map<String, Any?>, read: Function<String, T>): OutputType<T> =
            OutputType(name, Wrapping(schema), read)
    }
}

/** The output type of the `@Serializable` type [T]. */
@JvmSynthetic
public inline fun <reified T> outputType(): OutputType<T> = outputType(serializer<T>())

/**
 * The output type of what [serializer] reads: unknown properties are passed over, a property that is missing or null
 * has its default.
 *
 * @throws IllegalArgumentException where the type has no JSON schema
 */
@OptIn(ExperimentalSerializationApi::class)
@JvmSynthetic
public fun <T> outputType(serializer: KSerializer<T>): OutputType<T> {
    val descriptor = serializer.descriptor
    val name = descriptor.serialName.removeSuffix("?").substringAfterLast('.')
    return OutputType.of(name, schemaOf(descriptor)) { text ->
        try {
            AGENT_JSON.decodeFromString(serializer, text)
        } catch (e: SerializationException) {
            // What follows repeats the answer.
            throw IllegalArgumentException(e.message.orEmpty().substringBefore("\nJSON input"), e)
        }
    }
}
