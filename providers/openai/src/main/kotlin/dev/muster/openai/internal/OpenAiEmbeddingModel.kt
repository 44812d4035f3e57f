package dev.muster.openai.internal

import dev.muster.embedding.Embedding
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.EmbeddingResponse
import dev.muster.http.codec.Fields
import dev.muster.http.codec.JsonWriter
import dev.muster.http.endpoint.ApiCall
import dev.muster.provider.ProviderEmbeddingModel
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonPrimitive
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.Base64

/** One model behind `/embeddings`. */
internal class OpenAiEmbeddingModel(
    private val model: String,
    private val format: EmbeddingFormat,
    private val endpoint: OpenAiEndpoint,
) : ProviderEmbeddingModel {
    override val maxBatch: Int get() = format.maxBatch

    override val maxBatchTokens: Long? get() = format.maxTokens

    override suspend fun embed(request: EmbeddingRequest): EmbeddingResponse.Builder {
        endpoint.http.requireKey(model)
        val call = ApiCall("/embeddings", model, encode(request)) { request.inputs }
        val answer = endpoint.http.post(call)
        val name = "a list of embeddings"
        val list = endpoint.decode(call, EmbeddingList.serializer(), answer.text, answer.requestId, name)
        endpoint.failIfReported(call, list.error, answer.requestId)
        val vectors =
            list.data?.let { inOrder(it) }
                ?: throw endpoint.http.malformed(
                    call,
                    "the response has no valid embeddings",
                    answer.text,
                    answer.requestId,
                )
        return EmbeddingResponse
            .builder()
            .embeddings(vectors)
            .usage(list.usage?.toUsage())
            .model(list.model.orEmpty())
    }

    private fun encode(request: EmbeddingRequest): ByteArray {
        val fields = LinkedHashMap<String, Any?>()
        fields["model"] = model
        fields["input"] = request.inputs
        if (format.base64) fields["encoding_format"] = "base64"
        request.dimensions?.let { fields[format.dimensions] = it }
        return JsonWriter().any(fields + request.extra).toByteArray()
    }

    /** Sorts by index if all have one. Returns null if one is not a vector or two have the same index. */
    private fun inOrder(data: List<EmbeddingItem>): List<Embedding>? {
        val sorted = if (data.all { it.place != null }) data.sortedBy { it.place } else data
        if (sorted.mapNotNull { it.place }.let { it.size != it.toSet().size }) return null
        return sorted.map { vector(it.embedding) ?: return null }
    }

    private fun vector(element: JsonElement?): Embedding? = when (element) {
        is JsonArray -> Fields.vector(element)?.let(::Embedding)
        is JsonPrimitive -> if (element.isString) decoded(element.content) else null
        else -> null
    }

    private fun decoded(base64: String): Embedding? = try {
        val bytes = Base64.getDecoder().decode(base64)
        val floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
        if (bytes.size % Float.SIZE_BYTES != 0) null else Embedding(FloatArray(floats.remaining()).also(floats::get))
    } catch (_: IllegalArgumentException) {
        null
    }
}

@Serializable
internal class EmbeddingList(
    val data: List<EmbeddingItem>? = null,
    val model: String? = null,
    val usage: WireUsage? = null,
    val error: JsonElement? = null,
)

@Serializable
internal class EmbeddingItem(val index: JsonElement? = null, val embedding: JsonElement? = null) {
    val place: Long? get() = Fields.count(index)
}
