package dev.muster.ollama

import dev.muster.contract.StructuredContract

/** C7, C9: Ollama's API format. */
class OllamaStructuredTest : StructuredContract("ollama", "/format") {
    override val url: String get() = server.ollamaUrl
    override val takesFormBesideTools: Boolean get() = false
    override val tellsRefusals: Boolean get() = false
}
