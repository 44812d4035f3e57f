package dev.muster.openai

import dev.muster.http.contract.WiredTest

/** A server and clients for OpenAI's Responses API. */
abstract class ResponsesWired : WiredTest("openai-responses") {
    override val url: String get() = server.openAiUrl

    override fun nameOf(event: String): String? = typeOf(event)
}
