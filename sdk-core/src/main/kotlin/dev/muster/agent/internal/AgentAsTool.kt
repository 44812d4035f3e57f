package dev.muster.agent.internal

import dev.muster.agent.AgentTool
import dev.muster.agent.ChatAgent
import dev.muster.agent.tool
import dev.muster.chat.ToolDefinition
import dev.muster.error.LlmException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

private val PROMPT_SCHEMA: Map<String, Any?> = mapOf(
    "type" to "object",
    "properties" to mapOf(
        "prompt" to mapOf("type" to "string", "description" to "The task, with everything the agent needs to know"),
    ),
    "required" to listOf("prompt"),
    "additionalProperties" to false,
)

internal fun agentTool(agent: ChatAgent, name: String, description: String): AgentTool {
    require(name.isNotBlank()) { "The name of the tool must not be blank" }
    require(description.isNotBlank()) {
        "The description of the tool must not be blank: the model uses it to decide when to call the tool"
    }
    return tool(ToolDefinition(name, description, PROMPT_SCHEMA)) { call ->
        val prompt = Json.parseToJsonElement(call.arguments).jsonObject.getValue("prompt").jsonPrimitive.content
        val outer = currentCoroutineContext()[ToolUsage]
        try {
            agent.chat(prompt).also { outer?.add(it.usage) }.text
        } catch (e: LlmException) {
            outer?.add(e.partialUsage)
            throw e
        }
    }.withLenientArguments()
}
