package dev.muster.ollama

import dev.muster.contract.EmbeddingContract

/** A21: Ollama's API format. */
class OllamaEmbeddingsTest : EmbeddingContract("ollama", largestBatch = 128, tellsUsage = true) {
    override val url: String get() = server.ollamaUrl
}
