package dev.muster.gemini

import dev.muster.chat.ToolChoice
import dev.muster.contract.ToolContract

/** C1 to C6: Gemini's API format. */
class GeminiToolTest : ToolContract("gemini") {
    override val url: String get() = server.geminiUrl

    override fun choiceFields(choice: ToolChoice): Map<String, String?> {
        val isForced = choice.mode == ToolChoice.Mode.REQUIRED || choice.mode == ToolChoice.Mode.TOOL
        val config = "/toolConfig/functionCallingConfig"
        return mapOf(
            "$config/mode" to if (isForced) "ANY" else choice.mode.name,
            "$config/allowedFunctionNames" to choice.toolName?.let { """["$it"]""" },
        )
    }

    override fun parallelFields(allowed: Boolean): Map<String, String?>? =
        if (allowed) mapOf("/toolConfig" to null) else null
}
