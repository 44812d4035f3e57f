@file:JvmName("ToolFunctions")

package dev.muster.agent

import dev.muster.agent.internal.AgentJson
import dev.muster.agent.internal.SchemaValidator
import dev.muster.chat.ToolDefinition
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.json.Json
import kotlinx.serialization.serializer
import java.time.Duration

/**
 * A tool whose arguments are a `@Serializable` class, which is also where their schema comes from (see [Description]):
 *
 * ```kotlin
 * val weather = tool("weather", "Tells the weather of a city") { city: City -> forecast(city.name) }
 * ```
 *
 * A tool that takes nothing takes [Unit]: `{ _: Unit -> … }`. Arguments are read like answers, see [outputType].
 *
 * The model is told a String as it is, `Done.` of Unit and null, and all else as JSON with all properties, also those
 * that have their defaults; NaN and infinity are strings in it. What [run] throws is told to the model by its message;
 * cancellation of the call passes. [run] is cancelled with the call that it runs for; code that blocks stands in
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
): AgentTool = tool(name, description, serializer<A>(), serializer<R>(), timeout, run = run)

/** [tool] with the serializers of contextual and open polymorphic types that [json] has, see [outputType]. */
@JvmSynthetic
public inline fun <reified A, reified R> tool(
    name: String,
    description: String,
    json: Json,
    timeout: Duration? = null,
    noinline run: suspend (A) -> R,
): AgentTool {
    val module = json.serializersModule
    return tool(name, description, module.serializer<A>(), module.serializer<R>(), timeout, json, run)
}

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
    json: Json = Json,
    run: suspend (A) -> R,
): AgentTool {
    val agentJson = AgentJson.of(json)
    val schema = agentJson.schemaOf(arguments.descriptor)
    require(schema["type"] == "object") {
        "The arguments of the tool $name are no object: give a class, not ${arguments.descriptor.serialName}"
    }
    val validator = SchemaValidator(schema, isLenient = true)
    return tool(ToolDefinition(name, description, schema), timeout) { call ->
        val value = run(read(agentJson, arguments, validator, call.arguments))
        when (value) {
            is String -> value
            null, Unit -> "Done."
            else -> agentJson.write(result, value)
        }
    }.withLenientArguments()
}

private fun <A> read(json: AgentJson, serializer: KSerializer<A>, validator: SchemaValidator, arguments: String): A =
    try {
        json.read(serializer, validator.inspect(Json.parseToJsonElement(arguments)).plain().toString())
    } catch (e: IllegalArgumentException) {
        throw ToolArgumentsException(e.message.orEmpty(), e)
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
