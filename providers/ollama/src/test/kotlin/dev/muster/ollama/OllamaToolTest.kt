package dev.muster.ollama

import dev.muster.chat.ToolChoice
import dev.muster.contract.ToolContract

/** C1 to C6: Ollama's API format. */
class OllamaToolTest : ToolContract("ollama") {
    override val url: String get() = server.ollamaUrl

    override fun choiceFields(choice: ToolChoice): Map<String, String?>? = when (choice.mode) {
        ToolChoice.Mode.AUTO -> mapOf("/tools/0/function/name" to "weather")
        ToolChoice.Mode.NONE -> mapOf("/tools" to null)
        ToolChoice.Mode.REQUIRED, ToolChoice.Mode.TOOL -> null
    }

    override fun parallelFields(allowed: Boolean): Map<String, String?>? =
        if (allowed) mapOf("/tools/0/function/name" to "weather") else null
}
