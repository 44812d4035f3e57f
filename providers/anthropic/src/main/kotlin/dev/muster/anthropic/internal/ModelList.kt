package dev.muster.anthropic.internal

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.http.ApiCall
import dev.muster.http.ApiEndpoint
import dev.muster.http.ListPage
import dev.muster.http.allPages
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import java.net.URLEncoder
import java.time.Instant
import java.time.format.DateTimeParseException

/** `GET /v1/models`, page by page. */
internal class ModelList(private val provider: String, private val endpoint: ApiEndpoint) {
    suspend fun all(): List<ModelInfo> = endpoint.allPages(PATH, SUBJECT, ::page)

    private suspend fun page(after: String?): ListPage<ModelInfo> {
        val cursor = after?.let { "&after_id=" + URLEncoder.encode(it, Charsets.UTF_8) }.orEmpty()
        val answer = endpoint.get("$PATH?limit=$PAGE$cursor", SUBJECT)
        val page =
            try {
                WIRE_JSON.decodeFromString(WirePage.serializer(), answer.text)
            } catch (_: SerializationException) {
                val call = ApiCall(PATH, SUBJECT, ByteArray(0)) { emptyList() }
                throw endpoint.malformed(call, "cannot parse the list of models", answer.text, answer.requestId)
            }
        val next = if (page.hasMore) page.lastId ?: page.data.lastOrNull()?.id else null
        return ListPage(page.data.map { it.toModelInfo(provider) }, next, answer)
    }

    internal companion object {
        /** Takes the place of the model in error messages. */
        const val SUBJECT = "models"
        private const val PATH = "/v1/models"
        private const val PAGE = 1000
    }
}

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
