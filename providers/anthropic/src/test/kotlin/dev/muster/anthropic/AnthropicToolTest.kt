package dev.muster.anthropic

import dev.muster.chat.ToolChoice
import dev.muster.contract.ToolContract

/** C1 to C6: Anthropic's API format. */
class AnthropicToolTest : ToolContract("anthropic") {
    override val url: String get() = server.anthropicUrl

    override fun choiceFields(choice: ToolChoice): Map<String, String?> = mapOf(
        "/tool_choice/type" to when (choice.mode) {
            ToolChoice.Mode.AUTO -> "auto"
            ToolChoice.Mode.NONE -> "none"
            ToolChoice.Mode.REQUIRED -> "any"
            ToolChoice.Mode.TOOL -> "tool"
        },
        "/tool_choice/name" to choice.toolName,
        "/tool_choice/disable_parallel_tool_use" to null,
    )

    override fun parallelFields(allowed: Boolean): Map<String, String?> = mapOf(
        "/tool_choice/type" to "auto",
        "/tool_choice/disable_parallel_tool_use" to "${!allowed}",
    )
}
