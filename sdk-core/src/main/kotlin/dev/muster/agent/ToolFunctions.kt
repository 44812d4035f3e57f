@file:JvmName("ToolFunctions")

package dev.muster.agent

import dev.muster.agent.internal.AGENT_JSON
import dev.muster.agent.internal.schemaOf
import dev.muster.agent.internal.withPlainIntegers
import dev.muster.chat.ToolDefinition
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerializationException
import kotlinx.serialization.serializer
import java.time.Duration

/**
 * A tool whose arguments are a `@Serializable` class, which is also where their schema comes from (see [Description]):
 *
 * ```kotlin
 * val weather = tool("weather", "Tells the weather of a city") { city: City -> forecast(city.name) }
 * ```
 *
 * A tool that takes nothing takes [Unit]: `{ _: Unit -> … }`. The model is told a String as it is, `Done.` of Unit,
 * and all else as JSON. What [run] throws is told to the model by its message; cancellation of the call passes. [run]
 * is cancelled with the call that it runs for; code that blocks stands in
 * [interruptible][dev.muster.concurrent.interruptible].
 *
 * @param timeout how long one run may take; null: as long as the agent allows
 * @throws IllegalArgumentException where [A] is no object or has no JSON schema
 */
@JvmSynthetic
public inline fun <reified A, reified R> tool(
    name: String,
    description: String,
    timeout: Duration? = null,
    noinline run: suspend (A) -> R,
): AgentTool = tool(name, description, serializer<A>(), serializer<R>(), timeout, run)

/** [tool] with the serializers of its arguments and its result. */
@OptIn(ExperimentalSerializationApi::class)
@JvmSynthetic
@Suppress("LongParameterList") // Those of the other, and what it knows by its types.
public fun <A, R> tool(
    name: String,
    description: String,
    arguments: KSerializer<A>,
    result: KSerializer<R>,
    timeout: Duration? = null,
    run: suspend (A) -> R,
): AgentTool {
    val schema = schemaOf(arguments.descriptor)
    require(schema["type"] == "object") {
        "The arguments of the tool $name are no object: give a class, not ${arguments.descriptor.serialName}"
    }
    return tool(ToolDefinition(name, description, schema), timeout) { call ->
        val value = run(decode(arguments, call.arguments))
        if (value is String) {
            value
        } else if (value == Unit) {
            "Done."
        } else {
            AGENT_JSON.encodeToString(result, value)
        }
    }
}

/**
 * A tool with a schema of your own; [run] is given the arguments as JSON that this schema allows, and gives what the
 * model is told.
 */
public fun tool(
    definition: ToolDefinition,
    timeout: Duration? = null,
    run: suspend (ToolInvocation) -> String,
): AgentTool = AgentTool.of(definition, timeout, run)

private fun <A> decode(serializer: KSerializer<A>, json: String): A = try {
    // By its text again: who reads elements says where a fault is in the innermost object only, not in the whole.
    AGENT_JSON.decodeFromString(serializer, AGENT_JSON.parseToJsonElement(json).withPlainIntegers().toString())
} catch (e: SerializationException) {
    // What follows repeats the arguments, which the model knows.
    throw ToolArgumentsException(e.message.orEmpty().substringBefore("\nJSON input"), e)
}
