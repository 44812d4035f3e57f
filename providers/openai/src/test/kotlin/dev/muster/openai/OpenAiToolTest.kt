package dev.muster.openai

import dev.muster.chat.ToolChoice
import dev.muster.contract.ToolContract

/** C1 to C6: chat completions. */
class OpenAiToolTest : ToolContract("openai") {
    override val url: String get() = server.openAiUrl

    override fun choiceFields(choice: ToolChoice): Map<String, String?> = fields(choice, "/tool_choice/function/name")

    override fun parallelFields(allowed: Boolean): Map<String, String?> = mapOf("/parallel_tool_calls" to "$allowed")
}

/** C1 to C6: the Responses API. */
class ResponsesToolTest : ToolContract("openai-responses") {
    override val url: String get() = server.openAiUrl

    override fun choiceFields(choice: ToolChoice): Map<String, String?> = fields(choice, "/tool_choice/name")

    override fun parallelFields(allowed: Boolean): Map<String, String?> = mapOf("/parallel_tool_calls" to "$allowed")
}

private fun fields(choice: ToolChoice, name: String): Map<String, String?> = if (choice.toolName == null) {
    mapOf("/tool_choice" to choice.mode.name.lowercase())
} else {
    mapOf("/tool_choice/type" to "function", name to choice.toolName)
}
