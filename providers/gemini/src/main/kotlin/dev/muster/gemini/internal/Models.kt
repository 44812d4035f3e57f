package dev.muster.gemini.internal

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.http.ApiCall
import dev.muster.http.ErrorBody
import dev.muster.http.ListPage
import dev.muster.http.allPages
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonElement
import java.net.URLEncoder

/** Lists the models, page by page. */
internal suspend fun listModels(api: GeminiApi): List<ModelInfo> =
    api.endpoint.allPages(api.modelsPath("pageSize=$PAGE"), SUBJECT) { page(api, it) }

private suspend fun page(api: GeminiApi, token: String?): ListPage<ModelInfo> {
    val from = token?.let { "&pageToken=" + URLEncoder.encode(it, Charsets.UTF_8) }.orEmpty()
    val path = api.modelsPath("pageSize=$PAGE$from")
    val answer = api.endpoint.get(path, SUBJECT)
    val call = ApiCall(path, SUBJECT, ByteArray(0)) { emptyList() }
    val page = api.decode(ModelPage.serializer(), call, answer.text, answer.requestId)
    page.error.orNull()?.let { throw api.endpoint.failureInStream(call, ErrorBody.ofError(it), answer.requestId) }
    if (page.models == null && page.nextPageToken == null && answer.text.trim() != "{}") {
        throw api.endpoint.malformed(call, "the response has no list of models", answer.text, answer.requestId)
    }
    return ListPage(page.models.orEmpty().mapNotNull { it.toInfo(api.provider) }, page.nextPageToken, answer)
}

private const val SUBJECT = "models"

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
