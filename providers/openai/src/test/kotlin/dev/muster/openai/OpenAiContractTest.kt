package dev.muster.openai

import dev.muster.http.contract.FailureContract
import dev.muster.http.contract.OPENAI_BODY

/** A6: OpenAI's API format. */
class OpenAiContractTest : FailureContract("openai", "/max_completion_tokens", tellsDetails = true) {
    override val url: String get() = server.openAiUrl
    override val whole: String get() = OPENAI_BODY
}
