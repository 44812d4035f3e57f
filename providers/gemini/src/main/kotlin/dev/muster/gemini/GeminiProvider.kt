package dev.muster.gemini

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.gemini.internal.CODES
import dev.muster.gemini.internal.GeminiApi
import dev.muster.gemini.internal.GeminiChatModel
import dev.muster.gemini.internal.GeminiEmbeddingModel
import dev.muster.gemini.internal.listModels
import dev.muster.http.endpoint.EndpointSpec
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderSession
import dev.muster.provider.ProviderVariables

/**
 * Google's Gemini API (`generateContent`), and every endpoint that implements it: for a custom endpoint set
 * `compatibleWith("gemini")` and a base URL, the part before the version.
 *
 * **API key.** Read from the configuration, from `GEMINI_API_KEY` or else from `GOOGLE_API_KEY`. It is sent as a header
 * and never in a URL. A custom endpoint called `mine` reads `MINE_API_KEY` and does not need a key.
 *
 * **Base URL.** Read from the configuration or from `GEMINI_BASE_URL`. Default:
 * `https://generativelanguage.googleapis.com`. If it ends in a version, such as `/v1alpha`, that version is used.
 * Default version: `/v1beta`.
 *
 * **Model names** are Google's: `gemini-2.5-flash`, `tunedModels/mine`, `publishers/google/models/x`.
 *
 * Differences from other APIs:
 *
 * - **Extra fields.** A field of `extra` is a top-level field of the request and replaces Muster's field of the same
 *   name. The fields of `generationConfig` are merged with Muster's at every depth instead. For embeddings, `extra` is
 *   added to each request of the batch (`taskType`, `title`).
 * - **System messages** are all sent at the top of the request, wherever they are in the conversation.
 * - **Tool results** are sent as `{"output": …}`, failed ones as `{"error": …}`. If the model gives its calls no ids,
 *   Muster creates ids (`call_0`, …) that are unique in the conversation.
 * - **Reasoning.** The effort of [dev.muster.chat.Reasoning] is sent as the thinking level of Gemini 3 (MAX as the
 *   highest one), the budget as the thinking budget of Gemini 2.5. NONE is sent as a budget of 0, which not every model
 *   accepts. Thoughts are returned only if `includeText` is set. Thought signatures are kept and sent back.
 * - **End of a response.** A streamed response ends with its body, because gateways send a finish reason with each
 *   piece. Gemini's reason does not mention tool calls: if there are some, STOP becomes
 *   [dev.muster.chat.FinishReason.TOOL_CALLS]. Of several candidates only the first is used.
 * - **Blocked prompts** fail with a [dev.muster.error.ContentFilteredException].
 * - **Empty responses.** If the model generated nothing, a reason such as `MALFORMED_FUNCTION_CALL`, `NO_IMAGE` or
 *   `OTHER` fails with a [dev.muster.error.ProviderException], which may be retried. If it generated something, such a
 *   reason becomes [dev.muster.chat.FinishReason.OTHER].
 * - **Other content.** Images, audio, code and the work of Google's own tools become
 *   [dev.muster.chat.ContentPart.Opaque] parts and are sent back in their place. So do grounding, citations and fetched
 *   URLs, but the API does not accept these back, so they are not sent.
 * - **Media by URL.** The media type is derived from the extension of the URL's path, or of the document's name. If
 *   there is none, the request fails, except for files uploaded to Google and YouTube videos, whose type Google knows.
 *   The name of a document is not sent.
 * - **Prompt cache.** The API caches automatically. [dev.muster.chat.CacheControl] is ignored.
 * - **Quota.** A 429 for a daily quota fails with an [dev.muster.error.InsufficientFundsException].
 */
public class GeminiProvider : ModelProvider {
    override val ids: Set<String> get() = setOf(ID)

    /**
     * @throws IllegalArgumentException if the base URL or a header is not valid, or a custom endpoint has no base URL
     */
    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession {
        val endpoint = specOf(id).open(id, config, context)
        val version = if (VERSIONED.containsMatchIn(endpoint.baseUrl.toString())) "" else "/v1beta"
        return Session(GeminiApi(version, endpoint))
    }

    override fun variables(id: String): ProviderVariables = specOf(id).variables

    private fun specOf(id: String) = if (id == ID) API else API.custom(id)

    private class Session(private val api: GeminiApi) : ProviderSession {
        override fun chatModel(id: ModelId) = GeminiChatModel(id.model, api)

        override fun embeddingModel(id: ModelId) = GeminiEmbeddingModel(id.model, api)

        override suspend fun models(): List<ModelInfo> = listModels(api)
    }

    private companion object {
        const val ID = "gemini"

        val API: EndpointSpec = EndpointSpec.builder()
            .url("https://generativelanguage.googleapis.com")
            .variables(ID)
            // Google's own clients read both variables.
            .keyVariable("GOOGLE_API_KEY")
            .keyHeader("x-goog-api-key")
            // The continuation of the API's paths, and the paths at which Google offers OpenAI's API format.
            .trimEndings("/models", "/openai", "/openai/chat/completions")
            .codes(CODES)
            .build()
        val VERSIONED = Regex("/v\\d+[a-z0-9]*$")
    }
}
