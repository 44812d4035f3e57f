package dev.muster.ollama.internal

import dev.muster.chat.Usage
import dev.muster.embedding.Embedding
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.EmbeddingResponse
import dev.muster.http.codec.Fields
import dev.muster.http.codec.JsonWriter
import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.provider.ProviderEmbeddingModel
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonElement

/** One model behind `/api/embed`. */
internal class OllamaEmbeddingModel(private val model: String, private val endpoint: ApiEndpoint) :
    ProviderEmbeddingModel {
    // Ollama documents no limit. This many texts take less time than a connection may be silent.
    override val maxBatch: Int get() = 128

    override suspend fun embed(request: EmbeddingRequest): EmbeddingResponse.Builder {
        val call = ApiCall("/api/embed", model, encode(request)) { request.inputs }
        val answer = endpoint.post(call)
        val vectors = endpoint.decode(call, answer.text, answer.requestId, INVALID) {
            PROVIDER_JSON.decodeFromString(WireVectors.serializer(), it)
        }
        endpoint.failIfReported(call, vectors.error, answer.requestId)
        val embeddings =
            vectors.embeddings?.map(Fields::vector)?.takeUnless { null in it }
                ?: throw endpoint.malformed(call, INVALID, answer.text, answer.requestId)
        return EmbeddingResponse
            .builder()
            .embeddings(embeddings.filterNotNull().map(::Embedding))
            .usage(Fields.count(vectors.promptTokens)?.let { Usage(it, null) })
            .model(vectors.model.orEmpty())
    }

    private fun encode(request: EmbeddingRequest): ByteArray {
        val fields = LinkedHashMap<String, Any?>()
        fields["model"] = model
        fields["input"] = request.inputs
        request.dimensions?.let { fields["dimensions"] = it }
        return JsonWriter().any(fields + request.extra).toByteArray()
    }

    private companion object {
        const val INVALID = "the response has no valid embeddings"
    }
}

@Serializable
internal class WireVectors(
    val model: String? = null,
    val embeddings: List<JsonElement>? = null,
    @SerialName("prompt_eval_count") val promptTokens: JsonElement? = null,
    val error: JsonElement? = null,
)
