package dev.muster.openai

import dev.muster.contract.FailureContract

/** A6: OpenAI's API format. */
class OpenAiContractTest : FailureContract("openai", "/max_completion_tokens", tellsDetails = true) {
    override val url: String get() = server.openAiUrl
    override val whole: String get() = OPENAI_BODY
}
