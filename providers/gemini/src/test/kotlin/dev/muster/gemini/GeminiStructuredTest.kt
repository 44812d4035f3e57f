package dev.muster.gemini

import dev.muster.http.contract.StructuredContract

/** C7, C9: Gemini's form. */
class GeminiStructuredTest : StructuredContract("gemini", "/generationConfig/responseJsonSchema") {
    override val url: String get() = server.geminiUrl
    override val formFields: Map<String, String?>
        get() = mapOf("/generationConfig/responseMimeType" to "application/json")

    override fun finishWord(reason: String): String = "MAX_TOKENS"
}
