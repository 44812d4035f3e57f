package dev.muster.openai.internal

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.endpoint.ListPage
import dev.muster.http.endpoint.allPages
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import java.time.Instant

/** Lists the models of `/models`. */
internal suspend fun OpenAiEndpoint.listModels(): List<ModelInfo> = http.allPages("models", {
    "/models"
}) { call, answer ->
    val body = decode(call, JsonElement.serializer(), answer.text, answer.requestId, "a list of models")
    if (body is JsonObject) failIfReported(call, body["error"], answer.requestId)
    val models = readModels(body, http.provider)
        ?: throw http.malformed(call, "the response has no list of models", answer.text, answer.requestId)
    ListPage(models)
}

/** Returns the models in [body], or null if it is not a list of models. */
internal fun readModels(body: JsonElement, provider: String): List<ModelInfo>? {
    // Together sends the list without an object around it.
    val list = body as? JsonArray ?: (body as? JsonObject)?.get("data") as? JsonArray ?: return null
    return try {
        list
            .map { PROVIDER_JSON.decodeFromJsonElement(WireModel.serializer(), it) }
            .filter { it.id.isNotEmpty() }
            .map { it.toInfo(provider) }
    } catch (_: SerializationException) {
        null
    }
}

/** A model. Every endpoint uses other names for the fields. */
@Serializable
internal class WireModel(
    val id: String = "",
    val name: JsonElement? = null,
    @SerialName("display_name") val displayName: JsonElement? = null,
    val created: JsonElement? = null,
    @SerialName("context_length") val contextLength: JsonElement? = null,
    @SerialName("context_window") val contextWindow: JsonElement? = null,
    @SerialName("max_context_length") val maxContextLength: JsonElement? = null,
    @SerialName("max_model_len") val maxModelLength: JsonElement? = null,
    @SerialName("max_completion_tokens") val maxCompletionTokens: JsonElement? = null,
    @SerialName("top_provider") val topProvider: WireLimits? = null,
) {
    fun toInfo(provider: String): ModelInfo = ModelInfo.builder(ModelId.of(provider, id))
        .displayName(displayName.string().ifEmpty { name.string() }.takeIf { it.isNotEmpty() && it != id })
        // Some endpoints send 0 for an unknown date.
        .created(created.count()?.takeIf { it > 0 }?.let(Instant::ofEpochSecond))
        .contextWindow(inputLimit())
        .maxOutputTokens(maxCompletionTokens.count() ?: topProvider?.maxCompletionTokens.count())
        .build()

    private fun inputLimit(): Long? =
        listOf(contextLength, contextWindow, maxContextLength, maxModelLength).firstNotNullOfOrNull { it.count() }
}

@Serializable
internal class WireLimits(@SerialName("max_completion_tokens") val maxCompletionTokens: JsonElement? = null)
