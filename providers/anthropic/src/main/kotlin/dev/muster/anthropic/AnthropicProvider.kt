package dev.muster.anthropic

import dev.muster.anthropic.internal.AnthropicChatModel
import dev.muster.anthropic.internal.CODES
import dev.muster.anthropic.internal.listModels
import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.EndpointSpec
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
    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession =
        Session(specOf(id).open(id, config, context))

    override fun variables(id: String): ProviderVariables = specOf(id).variables

    private fun specOf(id: String) = if (id == ID) API else API.custom(id)

    private class Session(private val endpoint: ApiEndpoint) : ProviderSession {
        override fun chatModel(id: ModelId) = AnthropicChatModel(id.model, endpoint)

        override suspend fun models(): List<ModelInfo> = listModels(endpoint)
    }

    private companion object {
        const val ID = "anthropic"

        val API: EndpointSpec = EndpointSpec.builder()
            .url("https://api.anthropic.com")
            .variables(ID)
            .keyHeader("x-api-key")
            .header("anthropic-version", "2023-06-01")
            // The start of the API's paths, which users copy from examples into the base URL.
            .trimEndings("/v1", "/v1/messages")
            .requestIdHeader("request-id")
            .codes(CODES)
            .build()
    }
}
