package dev.muster.openai

import dev.muster.contract.ProviderTest

/** A server and clients for OpenAI's Responses API. */
abstract class ResponsesWired : ProviderTest("openai-responses") {
    override val url: String get() = server.openAiUrl

    override fun nameOf(event: String): String? = typeOf(event)
}
