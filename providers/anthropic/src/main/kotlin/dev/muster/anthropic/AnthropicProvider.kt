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
import dev.muster.spi.ModelProvider
import dev.muster.spi.ProviderConfig
import dev.muster.spi.ProviderContext
import dev.muster.spi.ProviderSession
import dev.muster.spi.ProviderVariables

/**
 * Anthropic's Messages API, and every endpoint that speaks it, by `compatibleWith("anthropic")` and a base URL: the
 * part before `/v1/messages`.
 *
 * The key comes from the configuration or from `ANTHROPIC_API_KEY`, the base URL from the configuration,
 * `ANTHROPIC_BASE_URL` or the default `https://api.anthropic.com`; an endpoint of one's own, called `mine`, has
 * `MINE_API_KEY` and needs no key. It speaks version 2023-06-01 of the API, which takes a temperature where the model
 * does; 2026-10-21 refuses it for every model and is had by a header `anthropic-version` of the user's own. A header
 * `anthropic-beta` opens what is in beta.
 *
 * Where the API differs from others:
 *
 * - It demands a token limit: a request without one asks for 16,000 tokens, thinking included, and for a reasoning
 *   budget on top. An answer cut by it ends with [dev.muster.chat.FinishReason.LENGTH].
 * - All system messages go to the top, wherever they stand. It has no seed, which is refused, and no embeddings.
 * - A reasoning *effort* is `thinking: adaptive` with `output_config.effort`, for models from Claude 4.6 on; a *budget*
 *   of at least 1,024 tokens is `thinking: enabled`, for models up to 4.6; no effort is `thinking: disabled`. A model
 *   that knows the other way only refuses the request and says so. Newer models send the text of their thinking on
 *   demand only: [dev.muster.chat.Reasoning.includeText].
 * - Thinking is signed and has to come back with the results of tools: [dev.muster.chat.ChatResponse.toMessage] keeps
 *   it.
 * - At most four messages of a request can be cached, for five minutes or, where more is wanted, for an hour; what is
 *   kept longer has to stand first. It counts tokens read from the cache, and written to it, beside the input tokens;
 *   [dev.muster.chat.Usage.inputTokens] is the sum of the three.
 * - Tools that it runs itself, such as its web search, are given to `extra` under `tools`, beside those of the request.
 *   What they do goes back with [dev.muster.chat.ChatResponse.toMessage], and so does the container of a turn that goes
 *   on.
 * - Images are PNG, JPEG, GIF or WebP, documents PDF or text; by a URL it fetches images and PDFs.
 */
public class AnthropicProvider : ModelProvider {
    override val ids: Set<String> get() = setOf(ID)

    /** @throws IllegalArgumentException where the base URL or a header cannot be used, or an own endpoint has no URL */
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

        // What its paths begin with, and what is copied from examples.
        val SURPLUS = listOf("/v1", "/v1/messages")
        val VERSION = mapOf("anthropic-version" to "2023-06-01")
    }
}
