package dev.muster.ollama

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.EndpointSpec
import dev.muster.http.endpoint.ErrorCodes
import dev.muster.ollama.internal.OllamaChatModel
import dev.muster.ollama.internal.OllamaEmbeddingModel
import dev.muster.ollama.internal.listModels
import dev.muster.ollama.internal.ollamaHost
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderSession
import dev.muster.provider.ProviderVariables

/**
 * Ollama's own API: `/api/chat`, `/api/embed` and `/api/tags`.
 *
 * **Base URL.** Read from the configuration, or from the environment variable `OLLAMA_HOST` in every format that Ollama
 * accepts. Default: `http://localhost:11434`.
 *
 * **API key.** Not needed. A key from the configuration or from `OLLAMA_API_KEY` is sent, as Ollama's hosted models
 * require it.
 *
 * Differences from other APIs:
 *
 * - **Media.** Images can be sent only as bytes. Documents are not supported.
 * - **Reasoning.** An effort is sent as `think`: NONE as `false`, MEDIUM as `true`, any other as a level, which models
 *   without levels refuse. A budget is not supported.
 * - **Prompt cache.** Ollama caches prompts automatically and does not report it.
 * - **Embeddings.** Ollama truncates texts that are too long for the model. To prevent it, set
 *   `extra("truncate", false)`.
 */
public class OllamaProvider : ModelProvider {
    override val ids: Set<String> get() = setOf(ID)

    /**
     * @throws IllegalArgumentException if the base URL or a header is not valid, or a custom endpoint has no base URL
     */
    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession =
        Session(specOf(id).open(id, config, context))

    override fun variables(id: String): ProviderVariables = specOf(id).variables

    private fun specOf(id: String) = if (id == ID) LOCAL else CUSTOM

    private class Session(private val endpoint: ApiEndpoint) : ProviderSession {
        override fun chatModel(id: ModelId) = OllamaChatModel(id.model, endpoint)

        override fun embeddingModel(id: ModelId) = OllamaEmbeddingModel(id.model, endpoint)

        override suspend fun models(): List<ModelInfo> = listModels(endpoint)
    }

    private companion object {
        const val ID = "ollama"

        // Ollama has no error codes: an error is a status and a text.
        val CODES =
            ErrorCodes(
                contextLengthWords = listOf("context length", "context window", "context size", "prompt is too long"),
            )
        val CUSTOM: EndpointSpec = api().build()
        val LOCAL: EndpointSpec = api()
            .url("http://localhost:11434")
            .keyVariable("OLLAMA_API_KEY")
            .urlVariable("OLLAMA_HOST", ::ollamaHost)
            .build()

        // Without the start of the API's paths, and the paths at which Ollama offers OpenAI's API format.
        private fun api() = EndpointSpec.builder()
            .keyOptional()
            .trimEndings("/api", "/v1", "/api/chat", "/api/generate", "/api/embed", "/api/tags", "/v1/chat/completions")
            .codes(CODES)
    }
}
