@file:Suppress("unused")

package dev.muster.samples.kotlin.guide

import dev.muster.agent.AgentEvent
import dev.muster.agent.AgentTool
import dev.muster.agent.ChatAgent
import dev.muster.agent.Description
import dev.muster.agent.ToolExecution
import dev.muster.agent.tool
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ToolDefinition
import dev.muster.concurrent.interruptible
import dev.muster.error.ToolLoopLimitException
import dev.muster.model.ChatModel
import kotlinx.serialization.Serializable
import org.slf4j.LoggerFactory
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.Executor

/*
 * What docs/tools.md shows.
 */

private val toolLog = LoggerFactory.getLogger("guide")

@Serializable
internal class City(@Description("Its name, without the country") val name: String)

@Serializable
internal class Forecast(val sky: String, val degrees: Int)

internal suspend fun weatherAgent(model: ChatModel, forecast: suspend (String) -> Forecast) {
    val weather = tool("weather", "Tells the weather of a city") { city: City -> forecast(city.name) }
    val agent = ChatAgent.builder(model).tool(weather).build()
    toolLog.info("{}", agent.ask("Do I need an umbrella in Paris?"))
}

internal fun fileTool(executor: Executor): AgentTool = tool("notes", "Reads my notes") { _: Unit ->
    interruptible(executor) { Files.readString(Path.of("notes.txt")) }
}

internal fun ownSchema(): AgentTool {
    val schema = mapOf("type" to "object", "properties" to mapOf("n" to mapOf("type" to "integer")))
    return tool(ToolDefinition("roll", "Rolls a die with n sides", schema)) { call -> roll(call.arguments) }
}

private fun roll(arguments: String) = "4, for $arguments"

internal fun limits(model: ChatModel, tools: List<AgentTool>): ChatAgent = ChatAgent.builder(model)
    .tools(tools)
    .toolExecution(ToolExecution.SEQUENTIAL)
    .toolTimeout(Duration.ofSeconds(20))
    .maxToolRounds(5)
    .build()

internal suspend fun history(agent: ChatAgent) {
    try {
        val answer = agent.chat("Plan my day")
        answer.toolRuns.forEach { toolLog.info("{} took {}, error: {}", it.name, it.duration, it.isError) }
    } catch (e: ToolLoopLimitException) {
        toolLog.warn("In circles: {}", e.toolRuns)
    }
}

internal suspend fun streamed(agent: ChatAgent) {
    agent.stream("Plan my day").collect { event ->
        when (event) {
            is AgentEvent.TextDelta -> print(event.text)
            is AgentEvent.ToolStarted -> println("… ${event.call.name}")
            is AgentEvent.Finished -> println("${event.response.rounds} rounds")
            else -> Unit
        }
    }
}

internal class Measured(private val model: ChatModel) : ChatModel by model {
    override suspend fun chat(request: ChatRequest): ChatResponse =
        model.chat(request).also { toolLog.info("{} took {}", id, it.latency) }
}
