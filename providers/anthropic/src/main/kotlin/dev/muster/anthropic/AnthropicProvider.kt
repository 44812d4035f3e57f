package dev.muster.anthropic

import dev.muster.anthropic.internal.AnthropicChatModel
import dev.muster.anthropic.internal.CODES
import dev.muster.anthropic.internal.ModelList
import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.http.ApiEndpoint
import dev.muster.http.BaseUrl
import dev.muster.http.EndpointSettings
import dev.muster.http.HttpTransport
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderSession
import dev.muster.provider.ProviderVariables

/**
 * Anthropic's Messages API, and every endpoint that implements it: for a custom endpoint set
 * `compatibleWith("anthropic")` and a base URL, the part before `/v1/messages`.
 *
 * **API key.** Read from the configuration or from `ANTHROPIC_API_KEY`. A custom endpoint called `mine` reads
 * `MINE_API_KEY` and does not need a key.
 *
 * **Base URL.** Read from the configuration or from `ANTHROPIC_BASE_URL`. Default: `https://api.anthropic.com`.
 *
 * **API version.** Default: 2023-06-01, which accepts a temperature if the model does. Version 2026-10-21 refuses a
 * temperature for every model; to use it, set the header `anthropic-version`. To use beta features, set the header
 * `anthropic-beta`.
 *
 * Differences from other APIs:
 *
 * - **Token limit.** The API requires one. If the request sets none, Muster sends 16,000 tokens, which include the
 *   thinking, plus the reasoning budget if there is one. A response that is cut by the limit ends with
 *   [dev.muster.chat.FinishReason.LENGTH].
 * - **System messages** are all sent at the top of the request, wherever they are in the conversation.
 * - **Not supported**: a seed, which fails the request, and embeddings.
 * - **Reasoning.** An *effort* is sent as `thinking: adaptive` with `output_config.effort`, for models from Claude 4.6
 *   on. A *budget* of at least 1,024 tokens is sent as `thinking: enabled`, for models up to 4.6. Effort NONE is sent
 *   as `thinking: disabled`. A model that does not support the setting refuses the request and says so. Newer models
 *   return the text of their thinking only on request: [dev.muster.chat.Reasoning.includeText].
 * - **Thinking is signed** and must be sent back with the results of tools.
 *   [dev.muster.chat.ChatResponse.toMessage] keeps it.
 * - **Prompt cache.** At most four messages of a request can be cached, for five minutes, or for one hour if the
 *   request asks for more than five minutes. Messages with the longer time must come first. The API counts tokens read
 *   from the cache and written to the cache separately from the input tokens. [dev.muster.chat.Usage.inputTokens] is
 *   the sum of the three.
 * - **Server tools**, such as the web search, are set in `extra` under `tools`. They are sent together with the tools
 *   of the request. [dev.muster.chat.ChatResponse.toMessage] keeps their calls and results, and the code container of a
 *   turn that continues.
 * - **Media.** Images are PNG, JPEG, GIF or WebP; documents are PDF or text. Images and PDFs can also be sent by URL.
 */
public class AnthropicProvider : ModelProvider {
    override val ids: Set<String> get() = setOf(ID)

    /**
     * @throws IllegalArgumentException if the base URL or a header is not valid, or a custom endpoint has no base URL
     */
    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession {
        val own = id != ID
        val variable = variablesOf(id)
        val default = if (own) null else DEFAULT_URL
        val settings =
            EndpointSettings(id, config, context, variable + "_API_KEY", variable + "_BASE_URL", default)
        val key = settings.key?.let { mapOf(KEY_HEADER to it) }.orEmpty()
        val mine = (key + VERSION).filterKeys { name -> settings.headers.keys.none { it.equals(name, true) } }
        val endpoint =
            ApiEndpoint(
                provider = id,
                transport = HttpTransport.of(context),
                base = BaseUrl.root(settings.baseUrl, SURPLUS),
                headers = mine + settings.headers,
                secret = settings.key,
                connectTimeout = context.network.connectTimeout,
                codes = CODES,
                requestIdHeader = "request-id",
            )
        val isOpen = own || settings.isAuthenticated || settings.headers.keys.any { it.equals(KEY_HEADER, true) }
        return Session(id, settings.takeUnless { isOpen }, endpoint)
    }

    override fun variables(id: String): ProviderVariables {
        val variable = variablesOf(id)
        return ProviderVariables(listOf(variable + "_API_KEY"), listOf(variable + "_BASE_URL"))
    }

    private fun variablesOf(id: String) = id.uppercase().map { if (it.isLetterOrDigit()) it else '_' }.joinToString("")

    private class Session(
        private val provider: String,
        private val lacking: EndpointSettings?,
        private val endpoint: ApiEndpoint,
    ) : ProviderSession {
        override fun chatModel(id: ModelId) = AnthropicChatModel(provider, id.model, lacking, endpoint)

        override suspend fun models(): List<ModelInfo> {
            if (lacking != null) throw lacking.missingKey(ModelList.SUBJECT)
            return ModelList(provider, endpoint).all()
        }
    }

    private companion object {
        const val ID = "anthropic"
        const val DEFAULT_URL = "https://api.anthropic.com"
        const val KEY_HEADER = "x-api-key"

        // The start of the API's paths, which users copy from examples into the base URL.
        val SURPLUS = listOf("/v1", "/v1/messages")
        val VERSION = mapOf("anthropic-version" to "2023-06-01")
    }
}
