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
        "prompt" to mapOf("type" to "string", "description" to "All that has to be known to do what is asked for"),
    ),
    "required" to listOf("prompt"),
    "additionalProperties" to false,
)

internal fun agentTool(agent: ChatAgent, name: String, description: String): AgentTool {
    require(name.isNotBlank()) { "The tool needs a name" }
    require(description.isNotBlank()) { "The tool needs a description: by it the model knows when to call it" }
    return tool(ToolDefinition(name, description, PROMPT_SCHEMA)) { call ->
        val prompt = Json.parseToJsonElement(call.arguments).jsonObject.getValue("prompt").jsonPrimitive.content
        val outer = currentCoroutineContext()[ToolUsage]
        try {
            agent.chat(prompt).also { outer?.add(it.usage()) }.text
        } catch (e: LlmException) {
            outer?.add(e.partialUsage)
            throw e
        }
    }.withLenientArguments()
}
