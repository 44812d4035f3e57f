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
import dev.muster.spi.ModelProvider
import dev.muster.spi.ProviderConfig
import dev.muster.spi.ProviderContext
import dev.muster.spi.ProviderSession
import dev.muster.spi.ProviderVariables

/**
 * Ollama's own API: `/api/chat`, `/api/embed` and `/api/tags`. The server is the one of the configuration, of the
 * environment variable `OLLAMA_HOST` in any form that Ollama takes, or `http://localhost:11434`. It needs no key; where
 * one is given, or in `OLLAMA_API_KEY`, it is sent, as Ollama's hosted models want it.
 *
 * - It takes images by their bytes only, and no documents.
 * - A reasoning effort is `think`: `false` for none, `true` for the one in the middle, else a level, which models
 *   without levels refuse. There is no budget.
 * - It caches prompts by itself, without being told, and tells nothing of it.
 * - It cuts texts to embed that are too long for the model, unless `extra("truncate", false)` forbids it.
 */
public class OllamaProvider : ModelProvider {
    override val ids: Set<String> get() = setOf(ID)

    /**
     * @throws IllegalArgumentException where the base URL or a header cannot be used, or an own endpoint has no base
     * URL
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

        // What its paths begin with, and where it speaks OpenAI's form.
        val SURPLUS =
            listOf("/api", "/v1") +
                listOf("/api/chat", "/api/generate", "/api/embed", "/api/tags", "/v1/chat/completions")

        // Ollama has no codes: its errors are a text beside the status.
        val CODES =
            ErrorCodes(
                contextLengthWords = listOf("context length", "context window", "context size", "prompt is too long"),
            )
    }
}
