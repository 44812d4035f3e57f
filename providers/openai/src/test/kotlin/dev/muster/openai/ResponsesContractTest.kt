package dev.muster.openai

import dev.muster.http.contract.FailureContract

/** A6: OpenAI's Responses API. */
class ResponsesContractTest : FailureContract("openai-responses", "/max_output_tokens", tellsDetails = true) {
    override val url: String get() = server.openAiUrl
    override val calledTool: String get() = "/input/2/name"
    override val toolSchema: String get() = "/tools/0/parameters"
    override val stops: List<String> get() = emptyList()

    override fun finishWord(reason: String): String = WORDS[reason] ?: reason

    private companion object {
        val WORDS = mapOf("stop" to "completed", "length" to "max_output_tokens")
    }
}
