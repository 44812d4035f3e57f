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
 * Creates a tool whose arguments are a `@Serializable` class. The schema is derived from that class (see
 * [Description]):
 *
 * ```kotlin
 * val weather = tool("weather", "Tells the weather of a city") { city: City -> forecast(city.name) }
 * ```
 *
 * For a tool without arguments use [Unit]: `{ _: Unit -> … }`. Arguments are decoded like structured responses, see
 * [outputType].
 *
 * The model receives a String as it is, `Done.` for Unit and null, and anything else as JSON. The JSON has all
 * properties, including those with their default values; NaN and infinity are strings in it. If [run] throws, the model
 * receives the message of the exception; cancellation of the call is not caught. Cancelling the call cancels [run]. Put
 * blocking code into [interruptible][dev.muster.concurrent.interruptible].
 *
 * @param timeout the timeout of one run, or null to use the agent's
 * @throws IllegalArgumentException if [A] is not an object or has no JSON schema
 */
@JvmSynthetic
public inline fun <reified A, reified R> tool(
    name: String,
    description: String,
    timeout: Duration? = null,
    noinline run: suspend (A) -> R,
): AgentTool = tool(name, description, serializer<A>(), serializer<R>(), timeout, run = run)

/** As [tool], with the serializers of contextual and open polymorphic types in [json]; see [outputType]. */
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

/** As [tool], with the serializers of its arguments and its result. */
@OptIn(ExperimentalSerializationApi::class)
@JvmSynthetic
@Suppress("LongParameterList") // Those of the reified function, and the serializers.
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
        "The arguments of the tool $name are not an object: use a class, not ${arguments.descriptor.serialName}"
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
 * Creates a tool with a custom schema. [run] gets the arguments as JSON that is valid under the schema, and returns the
 * result for the model.
 */
public fun tool(
    definition: ToolDefinition,
    timeout: Duration? = null,
    run: suspend (ToolInvocation) -> String,
): AgentTool = AgentTool.of(definition, timeout, run)
