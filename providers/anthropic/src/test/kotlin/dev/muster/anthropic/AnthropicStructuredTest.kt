package dev.muster.anthropic

import dev.muster.chat.StructuredOutputMode
import dev.muster.http.contract.StructuredContract

/** C7, C9: Anthropic's form. */
class AnthropicStructuredTest : StructuredContract("anthropic", "/output_config/format/schema") {
    override val url: String get() = server.anthropicUrl
    override val formFields: Map<String, String?> get() = mapOf("/output_config/format/type" to "json_schema")
    override val modeOfMaps: StructuredOutputMode get() = StructuredOutputMode.TOOL

    override fun finishWord(reason: String): String = "max_tokens"
}
