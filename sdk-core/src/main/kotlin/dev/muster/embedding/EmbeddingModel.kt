package dev.muster.embedding

import dev.muster.chat.ModelId

/**
 * A model that converts texts to vectors. It is safe to call from many coroutines at once.
 *
 * Cancelling the coroutine closes all of the call's HTTP exchanges. Failures are [dev.muster.error.LlmException]s.
 */
public interface EmbeddingModel {
    /** The id of this model. */
    public val id: ModelId

    /**
     * Embeds every text of [request] and returns the vectors in the order of the texts.
     *
     * If there are more texts than the provider accepts in one request, they are split into several requests, and some
     * of these run at the same time. The first request that fails ends the whole call.
     *
     * @throws dev.muster.error.LlmException if the call fails, or if a vector is missing, empty, not finite or of
     *   another length than the others
     */
    public suspend fun embed(request: EmbeddingRequest): EmbeddingResponse
}

/** Returns the vector of [text]. */
@JvmSynthetic
public suspend fun EmbeddingModel.embed(text: String): Embedding = embed(EmbeddingRequest.of(text)).embeddings.single()

/** Returns the vectors of [texts], in their order. */
@JvmSynthetic
public suspend fun EmbeddingModel.embed(texts: List<String>): List<Embedding> =
    embed(EmbeddingRequest.of(texts)).embeddings
