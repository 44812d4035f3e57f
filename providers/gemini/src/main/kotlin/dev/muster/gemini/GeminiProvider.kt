package dev.muster.gemini

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.gemini.internal.CODES
import dev.muster.gemini.internal.GeminiApi
import dev.muster.gemini.internal.GeminiChatModel
import dev.muster.gemini.internal.GeminiEmbeddingModel
import dev.muster.gemini.internal.listModels
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
 * Google's Gemini API (`generateContent`), and every endpoint that speaks it, by `compatibleWith("gemini")` and a base
 * URL: the part before the version. A base URL that ends in a version, such as `/v1alpha`, chooses it; else it is
 * `/v1beta`.
 *
 * The key comes from the configuration, from `GEMINI_API_KEY` or else from `GOOGLE_API_KEY`, and is sent as a header,
 * never in a URL; the base URL from the configuration, `GEMINI_BASE_URL` or the default
 * `https://generativelanguage.googleapis.com`. An endpoint of one's own, called `mine`, has `MINE_API_KEY` and needs no
 * key. A model is named as Google names it: `gemini-2.5-flash`, `tunedModels/mine`, `publishers/google/models/x`.
 *
 * Where the API differs from others:
 *
 * - A field of `extra` stands at the top of the request and replaces ours of the same name; but the fields of
 *   `generationConfig` are merged into ours, at every depth. For embeddings `extra` goes into every one of the batch's
 *   requests (`taskType`, `title`).
 * - All system messages go to the top, wherever they stand.
 * - A tool's result is sent as `{"output": …}`, a failed one as `{"error": …}`. Where the model gives its calls no ids,
 *   they get some made of the answer's id and their number.
 * - The effort of [dev.muster.chat.Reasoning] is the thinking level of Gemini 3 (the highest for MAX), its budget the
 *   thinking budget of Gemini 2.5; NONE is a budget of 0, which not every model takes. Thoughts come only where
 *   `includeText` asks for them. Thought signatures are kept and sent back.
 * - A streamed answer ends with its body: gateways send a finish reason with each piece. The reason says nothing of
 *   tool calls: with some, STOP is [dev.muster.chat.FinishReason.TOOL_CALLS]. A prompt that is blocked is a
 *   [dev.muster.error.ContentFilteredException]. Of several candidates the first is taken.
 * - A reason such as `MALFORMED_FUNCTION_CALL`, `NO_IMAGE` or `OTHER` is a [dev.muster.error.ProviderException] if
 *   nothing was said, and may be retried; else [dev.muster.chat.FinishReason.OTHER].
 * - Images, audio, code and the work of Google's own tools are [dev.muster.chat.ContentPart.Opaque] parts, and go back
 *   in their place. Grounding, citations and fetched URLs are too, but the API does not take these back.
 * - The type of an image or document given by URL is told by the end of the URL's path, or of the document's name; one
 *   that tells none is refused, but for files uploaded to Google and films on YouTube, whose type it knows.
 * - It caches by itself: [dev.muster.chat.CacheControl] is passed over. A document's name is not sent.
 * - A 429 for a quota per day is an [dev.muster.error.InsufficientFundsException].
 */
public class GeminiProvider : ModelProvider {
    override val ids: Set<String> get() = setOf(ID)

    /** @throws IllegalArgumentException where the base URL or a header cannot be used, or an own endpoint has no URL */
    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession {
        val own = id != ID
        val variable = variablesOf(id)
        val default = if (own) null else DEFAULT_URL
        val settings =
            EndpointSettings(id, config, context, keyVariable(own, variable, context), variable + "_BASE_URL", default)
        val key = settings.key?.let { mapOf(KEY_HEADER to it) }.orEmpty()
        val mine = key.filterKeys { name -> settings.headers.keys.none { it.equals(name, true) } }
        val base = BaseUrl.root(settings.baseUrl, SURPLUS)
        val endpoint =
            ApiEndpoint(
                provider = id,
                transport = HttpTransport.of(context),
                base = base,
                headers = mine + settings.headers,
                secret = settings.key,
                connectTimeout = context.network.connectTimeout,
                codes = CODES,
            )
        val isOpen = own || settings.isAuthenticated || settings.headers.keys.any { it.equals(KEY_HEADER, true) }
        val version = if (VERSIONED.containsMatchIn(base.toString())) "" else "/v1beta"
        return Session(GeminiApi(id, version, settings.takeUnless { isOpen }, endpoint))
    }

    /** Google's own clients take both variables. */
    private fun keyVariable(own: Boolean, variable: String, context: ProviderContext): String {
        val usual = variable + "_API_KEY"
        val takesOther = !own && context.environment(usual) == null && context.environment(OTHER_KEY) != null
        return if (takesOther) OTHER_KEY else usual
    }

    override fun variables(id: String): ProviderVariables {
        val variable = variablesOf(id)
        val keys = listOf(variable + "_API_KEY") + if (id == ID) listOf(OTHER_KEY) else emptyList()
        return ProviderVariables(keys, listOf(variable + "_BASE_URL"))
    }

    private fun variablesOf(id: String) = id.uppercase().map { if (it.isLetterOrDigit()) it else '_' }.joinToString("")

    private class Session(private val api: GeminiApi) : ProviderSession {
        override fun chatModel(id: ModelId) = GeminiChatModel(id.model, api)

        override fun embeddingModel(id: ModelId) = GeminiEmbeddingModel(id.model, api)

        override suspend fun models(): List<ModelInfo> = listModels(api)
    }

    private companion object {
        const val ID = "gemini"
        const val OTHER_KEY = "GOOGLE_API_KEY"
        const val DEFAULT_URL = "https://generativelanguage.googleapis.com"
        const val KEY_HEADER = "x-goog-api-key"

        // What its paths go on with, and where Google speaks OpenAI's form.
        val SURPLUS = listOf("/models", "/openai", "/openai/chat/completions")
        val VERSIONED = Regex("/v\\d+[a-z0-9]*$")
    }
}
