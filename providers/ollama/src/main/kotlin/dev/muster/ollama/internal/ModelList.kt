package dev.muster.ollama.internal

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.http.ApiCall
import dev.muster.http.ApiEndpoint
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException

private const val PATH = "/api/tags"
private const val SUBJECT = "models"

/** Lists the pulled models, from `GET /api/tags`. It has neither their context window nor their release date. */
internal suspend fun modelsOf(provider: String, endpoint: ApiEndpoint): List<ModelInfo> {
    val answer = endpoint.get(PATH, SUBJECT)
    val list =
        try {
            WIRE_JSON.decodeFromString(WireTags.serializer(), answer.text)
        } catch (_: SerializationException) {
            val call = ApiCall(PATH, SUBJECT, ByteArray(0)) { emptyList() }
            throw endpoint.malformed(call, "cannot parse the list of models", answer.text, answer.requestId)
        }
    return list.models.mapNotNull { it.model ?: it.name }.map { ModelInfo.builder(ModelId.of(provider, it)).build() }
}

@Serializable
internal class WireTags(val models: List<WireTag>)

@Serializable
internal class WireTag(val model: String? = null, val name: String? = null)
