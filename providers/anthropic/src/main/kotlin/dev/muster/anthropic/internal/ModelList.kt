package dev.muster.anthropic.internal

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.ListPage
import dev.muster.http.endpoint.allPages
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import java.net.URLEncoder
import java.time.Instant
import java.time.format.DateTimeParseException

/** Lists the models of `GET /v1/models`. */
internal suspend fun listModels(endpoint: ApiEndpoint): List<ModelInfo> =
    endpoint.allPages("models", ::pathOf) { call, answer ->
        val page = endpoint.decode(call, answer.text, answer.requestId, "cannot parse the list of models") {
            PROVIDER_JSON.decodeFromString(WirePage.serializer(), it)
        }
        val next = if (page.hasMore) page.lastId ?: page.data.lastOrNull()?.id else null
        ListPage(page.data.map { it.toModelInfo(endpoint.provider) }, next)
    }

private fun pathOf(after: String?): String =
    "/v1/models?limit=$PAGE" + after?.let { "&after_id=" + URLEncoder.encode(it, Charsets.UTF_8) }.orEmpty()

/** The largest page size of the API. */
private const val PAGE = 1000

@Serializable
internal class WirePage(
    val data: List<WireModel>,
    @SerialName("has_more") val hasMore: Boolean = false,
    @SerialName("last_id") val lastId: String? = null,
)

@Serializable
internal class WireModel(
    val id: String,
    @SerialName("display_name") val displayName: String? = null,
    @SerialName("created_at") val createdAt: String? = null,
    @SerialName("max_input_tokens") val maxInputTokens: Long? = null,
    @SerialName("max_tokens") val maxTokens: Long? = null,
) {
    fun toModelInfo(provider: String): ModelInfo = ModelInfo.builder(ModelId.of(provider, id))
        .displayName(displayName)
        .created(created())
        .contextWindow(maxInputTokens)
        .maxOutputTokens(maxTokens)
        .build()

    /** The API sends a date of 1970 for a model with an unknown release date. */
    private fun created(): Instant? = try {
        createdAt?.let(Instant::parse)?.takeIf { it > Instant.EPOCH }
    } catch (_: DateTimeParseException) {
        null
    }
}
