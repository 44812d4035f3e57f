package dev.muster.gemini

import dev.muster.contract.ProviderTest

/** A server and clients for Gemini's API format. */
abstract class Wired : ProviderTest("gemini") {
    override val url: String get() = server.geminiUrl

    protected companion object {
        /** A response, or a piece of one, whose first candidate has [parts]. */
        fun answer(parts: String, finish: String? = "STOP", more: String = ""): String {
            val reason = finish?.let { ""","finishReason":"$it"""" }.orEmpty()
            return """{"candidates":[{"content":{"parts":[$parts],"role":"model"}$reason,"index":0}]$more}"""
        }

        /** A text part. */
        fun text(text: String): String = """{"text":"$text"}"""
    }
}
