package dev.muster.openai

import dev.muster.http.contract.FailureContract

/** A6: OpenAI's form. */
class OpenAiContractTest : FailureContract("openai", "/max_completion_tokens", tellsDetails = true) {
    override val url: String get() = server.openAiUrl
}
