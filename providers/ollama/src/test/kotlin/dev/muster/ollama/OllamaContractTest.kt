package dev.muster.ollama

import dev.muster.http.contract.FailureContract

/** A6: Ollama's form. */
class OllamaContractTest : FailureContract("ollama", "/options/num_predict", tellsDetails = false) {
    override val url: String get() = server.ollamaUrl
}
