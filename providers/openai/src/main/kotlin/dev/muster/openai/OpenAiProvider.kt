package dev.muster.openai

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.openai.internal.OpenAiChatModel
import dev.muster.openai.internal.OpenAiEmbeddingModel
import dev.muster.openai.internal.OpenAiEndpoint
import dev.muster.openai.internal.Preset
import dev.muster.openai.internal.ResponsesChatModel
import dev.muster.openai.internal.listModels
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderEmbeddingModel
import dev.muster.provider.ProviderModel
import dev.muster.provider.ProviderSession
import dev.muster.provider.ProviderVariables

/**
 * OpenAI's chat completions API, and every endpoint with the same API format.
 *
 * - Known endpoints have their own id: `openai`, `groq`, `openrouter`, `vllm`, …
 * - For any other endpoint set `compatibleWith("openai")` and a base URL.
 * - The id `openai-responses` is OpenAI's Responses API, with the same models and the same key. For a custom endpoint
 *   that implements it, set `compatibleWith("openai-responses")` and a base URL.
 *
 * **API key.** Read from the configuration, or from the environment variable of the endpoint (`OPENAI_API_KEY`,
 * `GROQ_API_KEY`, …). Local servers and custom endpoints do not need one. `llamacpp` and `lmstudio` also read the
 * variable of the server itself, `LLAMA_API_KEY` and `LM_API_TOKEN`.
 *
 * **Base URL.** Read from the configuration, or from the environment variable of the endpoint (`OPENAI_BASE_URL`, …).
 *
 * **Azure.** `azure` reads the key from `AZURE_OPENAI_API_KEY` and the address of the resource from
 * `AZURE_OPENAI_ENDPOINT`. Its model names are the names of the deployments.
 */
public class OpenAiProvider : ModelProvider {
    override val ids: Set<String> get() = Preset.BY_ID.keys

    /**
     * @throws IllegalArgumentException if the base URL or a header is not valid, or a custom endpoint has no base URL
     */
    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession {
        val preset = Preset.of(id, config.compatibleWith)
        return Session(OpenAiEndpoint(preset.dialect, preset.spec.open(id, config, context)))
    }

    override fun variables(id: String): ProviderVariables = Preset.of(id).spec.variables

    private class Session(private val endpoint: OpenAiEndpoint) : ProviderSession {
        override fun chatModel(id: ModelId): ProviderModel = if (endpoint.dialect.usesResponses) {
            ResponsesChatModel(id.model, endpoint)
        } else {
            OpenAiChatModel(id.model, endpoint)
        }

        override fun embeddingModel(id: ModelId): ProviderEmbeddingModel? =
            endpoint.dialect.embeddings?.let { OpenAiEmbeddingModel(id.model, it, endpoint) }

        override suspend fun models(): List<ModelInfo> = endpoint.listModels()
    }
}
