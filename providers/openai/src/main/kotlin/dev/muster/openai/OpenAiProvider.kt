package dev.muster.openai

import dev.muster.chat.ModelId
import dev.muster.http.ApiEndpoint
import dev.muster.http.EndpointSettings
import dev.muster.http.HttpTransport
import dev.muster.openai.internal.CODES
import dev.muster.openai.internal.OpenAiChatModel
import dev.muster.openai.internal.Preset
import dev.muster.spi.ModelProvider
import dev.muster.spi.ProviderConfig
import dev.muster.spi.ProviderContext
import dev.muster.spi.ProviderSession

/**
 * OpenAI's chat completions, and every endpoint that speaks the same form: those it knows by an id of their own
 * (`groq`,
 * `openrouter`, `vllm`, …), and any other by `compatibleWith("openai")` and a base URL.
 *
 * The key comes from the configuration or from the environment variable of the endpoint (`OPENAI_API_KEY`,
 * `GROQ_API_KEY`, …); servers that run locally and endpoints of one's own need none.
 */
public class OpenAiProvider : ModelProvider {
    override val ids: Set<String> get() = Preset.BY_ID.keys

    /**
     * @throws IllegalArgumentException where the base URL or a header cannot be used, or an own endpoint has no base
     * URL
     */
    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession {
        val preset = Preset.BY_ID[id] ?: Preset.ownEndpoint(id, config.compatibleWith)
        val settings =
            EndpointSettings(id, config, context, preset.keyVariable, preset.urlVariable, preset.baseUrl)
        val key = settings.key?.let { mapOf("Authorization" to "Bearer $it") }.orEmpty()
        val endpoint =
            ApiEndpoint(
                provider = id,
                transport = HttpTransport.of(context),
                base = settings.baseUrl,
                headers = key + settings.headers,
                secret = settings.key,
                connectTimeout = context.network.connectTimeout,
                codes = CODES,
            )
        return Session(preset, settings, endpoint)
    }

    private class Session(
        private val preset: Preset,
        private val settings: EndpointSettings,
        private val endpoint: ApiEndpoint,
    ) : ProviderSession {
        override fun chatModel(id: ModelId) = OpenAiChatModel(id.model, preset, settings, endpoint)
    }
}
