package dev.muster.ollama.internal

import dev.muster.chat.Usage
import dev.muster.embedding.Embedding
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.EmbeddingResponse
import dev.muster.http.ApiCall
import dev.muster.http.ApiEndpoint
import dev.muster.http.ErrorBody
import dev.muster.http.Fields
import dev.muster.http.JsonWriter
import dev.muster.provider.ProviderEmbeddingModel
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull

/** One model behind `/api/embed`. */
internal class OllamaEmbeddingModel(private val model: String, private val endpoint: ApiEndpoint) :
    ProviderEmbeddingModel {
    // Ollama documents no limit. This many texts take less time than a connection may be silent.
    override val maxBatch: Int get() = 128

    override suspend fun embed(request: EmbeddingRequest): EmbeddingResponse.Builder {
        val call = ApiCall("/api/embed", model, encode(request)) { request.inputs }
        val answer = endpoint.post(call)
        val vectors =
            try {
                WIRE_JSON.decodeFromString(WireVectors.serializer(), answer.text)
            } catch (_: SerializationException) {
                // Without its cause, whose message repeats the response.
                throw endpoint.malformed(call, "the response has no valid embeddings", answer.text, answer.requestId)
            }
        vectors.reportedError?.let { throw endpoint.failureInStream(call, ErrorBody.ofError(it), answer.requestId) }
        val embeddings =
            vectors.embeddings?.map(Fields::vector)?.takeUnless { null in it }
                ?: throw endpoint.malformed(call, "the response has no valid embeddings", answer.text, answer.requestId)
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
}

@Serializable
internal class WireVectors(
    val model: String? = null,
    val embeddings: List<JsonElement>? = null,
    @SerialName("prompt_eval_count") val promptTokens: JsonElement? = null,
    val error: JsonElement? = null,
) {
    val reportedError: JsonElement? get() = if (error is JsonNull) null else error
}
