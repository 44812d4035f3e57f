package dev.muster.internal

import dev.muster.call.internal.CallPath
import dev.muster.call.internal.PathEnd
import dev.muster.call.internal.RunningCall
import dev.muster.call.internal.checkRequest
import dev.muster.chat.ModelId
import dev.muster.chat.Usage
import dev.muster.chat.estimateTokens
import dev.muster.concurrent.mapConcurrent
import dev.muster.concurrent.startClock
import dev.muster.embedding.Embedding
import dev.muster.embedding.EmbeddingModel
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.EmbeddingResponse
import dev.muster.error.MalformedResponseException
import dev.muster.provider.ProviderEmbeddingModel
import kotlinx.coroutines.flow.toList
import kotlin.time.toJavaDuration

/** A provider's embedding model with everything that the client adds, such as the splitting of requests. */
internal class ClientEmbeddingModel(
    private val path: CallPath<EmbeddingRequest, EmbeddingResponse.Builder>,
    private val provider: ProviderEmbeddingModel,
) : EmbeddingModel {
    private val end = End()

    override val id: ModelId get() = path.model.id

    override suspend fun embed(request: EmbeddingRequest): EmbeddingResponse {
        end.check(request)
        val start = startClock()
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
            // A sum without one of its parts would be a guess.
            .usage(if (null in usages) null else Usage.sum(usages.filterNotNull()))
            .model(answers.first().model.ifEmpty { id.model })
            .provider(id.provider)
            .latency(start.elapsedNow().toJavaDuration())
            .build()
    }

    private suspend fun part(request: EmbeddingRequest): EmbeddingResponse.Builder {
        val answer = path.run(request, end)
        if (answer.embeddings.size != request.inputs.size) {
            throw MalformedResponseException(
                "$id sent ${answer.embeddings.size} embeddings for ${request.inputs.size} texts",
                path.model.context,
            )
        }
        return answer
    }

    /** Rejects vectors that are empty, not finite or of different lengths: nothing would detect them later. */
    private fun checkVectors(vectors: List<Embedding>) {
        val size = vectors.first().size
        vectors.forEachIndexed { at, vector ->
            val fault =
                when {
                    vector.size == 0 -> "is empty"
                    vector.size != size -> "has ${vector.size} numbers, but the first has $size"
                    !vector.isFinite() -> "contains a number that is not finite"
                    else -> return@forEachIndexed
                }
            throw MalformedResponseException(
                "$id sent invalid embeddings: the one of text ${at + 1} $fault",
                path.model.context,
            )
        }
    }

    override fun toString(): String = "EmbeddingModel($id)"

    private inner class End : PathEnd<EmbeddingRequest, EmbeddingResponse.Builder> {
        override fun check(request: EmbeddingRequest) = checkRequest(request, path.model.context)

        override fun estimate(request: EmbeddingRequest): Long = request.inputs.sumOf(::estimateTokens)

        override fun usageOf(response: EmbeddingResponse.Builder): Usage? = response.usage

        override suspend fun attempt(
            call: RunningCall<EmbeddingRequest, EmbeddingResponse.Builder>,
        ): EmbeddingResponse.Builder = provider.embed(call.request).also { it.usage(it.usage?.plausible()) }
    }

    private companion object {
        const val AT_ONCE = 8
    }
}
