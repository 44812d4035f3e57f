package dev.muster.gemini

import dev.muster.chat.ChatRequest
import dev.muster.chat.StructuredOutputMode.INSTRUCTION
import dev.muster.chat.StructuredOutputMode.NATIVE
import dev.muster.chat.ToolDefinition
import dev.muster.contract.StructuredContract
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertAll

/** C7, C9: Gemini's API format. */
class GeminiStructuredTest : StructuredContract("gemini", "/generationConfig/responseJsonSchema") {
    override val url: String get() = server.geminiUrl
    override val formFields: Map<String, String?>
        get() = mapOf("/generationConfig/responseMimeType" to "application/json")

    override fun finishWord(reason: String): String = "MAX_TOKENS"

    @Test
    fun `C7 each model has its way, alone and beside tools`() {
        val ways = mapOf(
            "gemini-2.5-flash" to (NATIVE to INSTRUCTION),
            "gemini-1.5-pro" to (NATIVE to INSTRUCTION),
            "gemini-3-pro-preview" to (NATIVE to NATIVE),
            "gemma-3-27b-it" to (INSTRUCTION to INSTRUCTION),
        )
        val besideTools = ChatRequest {
            user("hi")
            tools(listOf(ToolDefinition("now", "Tells the time", mapOf("type" to "object"))))
        }
        val checks = ways.map { (name, expected) ->
            {
                val model = model(name)
                assertEquals(expected.first, model.structuredOutput(ChatRequest.of("hi")), name)
                assertEquals(expected.second, model.structuredOutput(besideTools), "$name beside tools")
            }
        }
        assertAll(checks)
    }
}
