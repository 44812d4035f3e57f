package dev.muster.ollama

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.http.ApiEndpoint
import dev.muster.http.BaseUrl
import dev.muster.http.EndpointSettings
import dev.muster.http.ErrorCodes
import dev.muster.http.HttpTransport
import dev.muster.ollama.internal.OllamaChatModel
import dev.muster.ollama.internal.OllamaEmbeddingModel
import dev.muster.ollama.internal.modelsOf
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
    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession {
        val standard = if (id == ID) context.environment("OLLAMA_HOST")?.let(::ollamaHost) ?: DEFAULT_URL else null
        val keyVariable = if (id == ID) "OLLAMA_API_KEY" else null
        val settings = EndpointSettings(id, config, context, keyVariable, null, standard)
        val key = settings.key?.let { mapOf("Authorization" to "Bearer $it") }.orEmpty()
        val endpoint =
            ApiEndpoint(
                provider = id,
                transport = HttpTransport.of(context),
                base = BaseUrl.root(settings.baseUrl, SURPLUS),
                headers = key + settings.headers,
                secret = settings.key,
                connectTimeout = context.network.connectTimeout,
                codes = CODES,
            )
        return Session(id, endpoint)
    }

    override fun variables(id: String): ProviderVariables =
        if (id == ID) ProviderVariables(listOf("OLLAMA_API_KEY"), listOf("OLLAMA_HOST")) else ProviderVariables.NONE

    private class Session(private val provider: String, private val endpoint: ApiEndpoint) : ProviderSession {
        override fun chatModel(id: ModelId) = OllamaChatModel(provider, id.model, endpoint)

        override fun embeddingModel(id: ModelId) = OllamaEmbeddingModel(id.model, endpoint)

        override suspend fun models(): List<ModelInfo> = modelsOf(provider, endpoint)
    }

    private companion object {
        const val ID = "ollama"
        const val DEFAULT_URL = "http://localhost:11434"

        // The start of the API's paths, and the paths at which Ollama offers OpenAI's API format.
        val SURPLUS =
            listOf("/api", "/v1") +
                listOf("/api/chat", "/api/generate", "/api/embed", "/api/tags", "/v1/chat/completions")

        // Ollama has no error codes: an error is a status and a text.
        val CODES =
            ErrorCodes(
                contextLengthWords = listOf("context length", "context window", "context size", "prompt is too long"),
            )
    }
}
