package dev.muster.openai

import dev.muster.contract.ProviderTest

/** A server and clients for OpenAI's chat completions. */
abstract class Wired : ProviderTest("openai") {
    override val url: String get() = server.openAiUrl
}
