package dev.muster.internal

import dev.muster.chat.ModelId
import dev.muster.chat.Usage
import dev.muster.chat.estimateTokens
import dev.muster.concurrent.mapConcurrent
import dev.muster.embedding.Embedding
import dev.muster.embedding.EmbeddingModel
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.EmbeddingResponse
import dev.muster.error.MalformedResponseException
import dev.muster.spi.ProviderEmbeddingModel
import kotlinx.coroutines.flow.toList
import kotlin.time.toJavaDuration

/** A provider's embedding model with all that the client adds, the splitting among it. */
internal class ClientEmbeddingModel(private val path: CallPath, private val provider: ProviderEmbeddingModel) :
    EmbeddingModel {
    override val id: ModelId get() = path.id

    override suspend fun embed(request: EmbeddingRequest): EmbeddingResponse {
        checkRequest(request, path.context)
        val start = path.start()
        val parts = batches(request.inputs, provider.maxBatch, provider.maxBatchTokens)
        val answers =
            parts
                .mapConcurrent(AT_ONCE) { inputs -> part(request.toBuilder().inputs(inputs).build()) }
                .toList()
        checkVectors(answers.flatMap { it.embeddings })
        val usages = answers.map { it.usage }
        return EmbeddingResponse
            .builder()
            .embeddings(answers.flatMap { it.embeddings })
            // A sum in which a part is missing would be a guess.
            .usage(if (null in usages) null else Usage.sum(usages.filterNotNull()))
            .model(answers.first().model.ifEmpty { id.model })
            .provider(id.provider)
            .latency(start.elapsedNow().toJavaDuration())
            .build()
    }

    private suspend fun part(request: EmbeddingRequest): EmbeddingResponse.Builder {
        val answer =
            path.run(path.start(), { request.inputs.sumOf(::estimateTokens) }, { it.usage }) {
                provider.embed(request).also { it.usage(it.usage?.plausible()) }
            }
        if (answer.embeddings.size != request.inputs.size) {
            throw MalformedResponseException(
                "$id sent ${answer.embeddings.size} embeddings for ${request.inputs.size} texts",
                path.context,
            )
        }
        return answer
    }

    /** A vector that says nothing, or is not like the others, would be found out by nobody later. */
    private fun checkVectors(vectors: List<Embedding>) {
        val size = vectors.first().size
        vectors.forEachIndexed { at, vector ->
            val fault =
                when {
                    vector.size == 0 -> "is empty"
                    vector.size != size -> "has ${vector.size} numbers and the first has $size"
                    !vector.isFinite() -> "has a number that is infinite or none"
                    else -> return@forEachIndexed
                }
            throw MalformedResponseException(
                "$id sent no usable embeddings: that of text ${at + 1} $fault",
                path.context,
            )
        }
    }

    override fun toString(): String = "EmbeddingModel($id)"

    private companion object {
        const val AT_ONCE = 8
    }
}
