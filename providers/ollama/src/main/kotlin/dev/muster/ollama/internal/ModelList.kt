package dev.muster.ollama.internal

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.ListPage
import dev.muster.http.endpoint.allPages
import kotlinx.serialization.Serializable

/** Lists the pulled models, from `GET /api/tags`. It has neither their context window nor their release date. */
internal suspend fun listModels(endpoint: ApiEndpoint): List<ModelInfo> =
    endpoint.allPages("models", { "/api/tags" }) { call, answer ->
        val list = endpoint.decode(call, answer.text, answer.requestId, "cannot parse the list of models") {
            PROVIDER_JSON.decodeFromString(WireTags.serializer(), it)
        }
        val names = list.models.mapNotNull { it.model ?: it.name }
        ListPage(names.map { ModelInfo.builder(ModelId.of(endpoint.provider, it)).build() })
    }

@Serializable
internal class WireTags(val models: List<WireTag>)

@Serializable
internal class WireTag(val model: String? = null, val name: String? = null)
