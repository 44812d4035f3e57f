package dev.muster.openai

import dev.muster.http.contract.WiredTest

/** A server and clients for OpenAI's chat completions. */
abstract class Wired : WiredTest("openai") {
    override val url: String get() = server.openAiUrl
}
