package dev.muster.gemini.internal

import dev.muster.chat.Usage
import dev.muster.embedding.Embedding
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.EmbeddingResponse
import dev.muster.http.codec.Fields
import dev.muster.http.codec.JsonWriter
import dev.muster.http.endpoint.ApiCall
import dev.muster.provider.ProviderEmbeddingModel
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonElement

/** One model behind `:batchEmbedContents`. */
internal class GeminiEmbeddingModel(private val model: String, private val api: GeminiApi) : ProviderEmbeddingModel {
    // The API's documentation: "At most 100 requests can be in one batch".
    override val maxBatch: Int get() = 100

    override suspend fun embed(request: EmbeddingRequest): EmbeddingResponse.Builder {
        val path = api.pathOf(model, "batchEmbedContents")
        api.endpoint.requireKey(model)
        val call = ApiCall(path, model, encode(request)) { request.inputs }
        val answer = api.endpoint.post(call)
        val wire = api.decode(WireEmbeddings.serializer(), call, answer.text, answer.requestId)
        api.endpoint.failIfReported(call, wire.error, answer.requestId)
        val vectors =
            wire.embeddings?.map { Fields.vector(it.values) }?.takeUnless { null in it }
                ?: throw api.endpoint.malformed(
                    call,
                    "the response has no valid embeddings",
                    answer.text,
                    answer.requestId,
                )
        return EmbeddingResponse
            .builder()
            .embeddings(vectors.filterNotNull().map(::Embedding))
            .usage(Fields.count(wire.usageMetadata?.promptTokenCount)?.let { Usage(it, null) })
    }

    /** The API has no settings for a whole batch, so each of its requests repeats them. */
    private fun encode(request: EmbeddingRequest): ByteArray {
        val name = api.nameOf(model)
        val extra = request.extra
        return JsonWriter()
            .obj {
                name("requests").array {
                    request.inputs.forEach { input ->
                        obj {
                            if ("model" !in extra) name("model").value(name)
                            name("content").obj { name("parts").array { obj { name("text").value(input) } } }
                            if ("outputDimensionality" !in extra) {
                                request.dimensions?.let { name("outputDimensionality").any(it) }
                            }
                            // The content is never taken from extra: it is the text to embed.
                            extra.forEach { (field, value) -> if (field != "content") name(field).any(value) }
                        }
                    }
                }
            }.toByteArray()
    }
}

@Serializable
internal class WireEmbeddings(
    val embeddings: List<Vector>? = null,
    val usageMetadata: EmbeddingUsage? = null,
    val error: JsonElement? = null,
)

@Serializable
internal class Vector(val values: JsonElement? = null)

@Serializable
internal class EmbeddingUsage(val promptTokenCount: JsonElement? = null)
