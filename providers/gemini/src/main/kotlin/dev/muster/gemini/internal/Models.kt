package dev.muster.gemini.internal

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.http.endpoint.ListPage
import dev.muster.http.endpoint.allPages
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonElement
import java.net.URLEncoder

/** Lists the models, page by page. */
internal suspend fun listModels(api: GeminiApi): List<ModelInfo> = api.endpoint.allPages(
    "models",
    { token -> api.modelsPath("pageSize=$PAGE" + token?.let { "&pageToken=" + encode(it) }.orEmpty()) },
) { call, answer ->
    val page = api.decode(ModelPage.serializer(), call, answer.text, answer.requestId)
    api.endpoint.failIfReported(call, page.error, answer.requestId)
    if (page.models == null && page.nextPageToken == null && answer.text.trim() != "{}") {
        throw api.endpoint.malformed(call, "the response has no list of models", answer.text, answer.requestId)
    }
    ListPage(page.models.orEmpty().mapNotNull { it.toInfo(api.endpoint.provider) }, page.nextPageToken)
}

private fun encode(token: String) = URLEncoder.encode(token, Charsets.UTF_8)

/** The largest page size of the API. */
private const val PAGE = 1000

@Serializable
internal class ModelPage(
    val models: List<WireModel>? = null,
    val nextPageToken: String? = null,
    val error: JsonElement? = null,
)

@Serializable
internal class WireModel(
    private val name: String? = null,
    private val displayName: String? = null,
    private val inputTokenLimit: Long? = null,
    private val outputTokenLimit: Long? = null,
) {
    fun toInfo(provider: String): ModelInfo? = name?.let {
        ModelInfo.builder(ModelId.of(provider, it.removePrefix("models/")))
            .displayName(displayName)
            .contextWindow(inputTokenLimit)
            .maxOutputTokens(outputTokenLimit)
            .build()
    }
}
