package dev.muster.embedding

import dev.muster.chat.ModelId

/**
 * A model that turns texts into vectors. Safe to call from many coroutines at once. Cancelling the coroutine closes
 * all its exchanges. Failures are [dev.muster.error.LlmException]s.
 */
public interface EmbeddingModel {
    /** Which model this is. */
    public val id: ModelId

    /**
     * Embeds every text of [request]. More texts than the provider takes at once are split into several exchanges,
     * some of which run at the same time; the vectors come in the order of the texts. The first exchange that fails
     * ends the whole.
     *
     * @throws dev.muster.error.LlmException where a vector is missing, empty, of another length than the others, or not
     * finite
     */
    public suspend fun embed(request: EmbeddingRequest): EmbeddingResponse
}

/** The vector of [text]. */
@JvmSynthetic
public suspend fun EmbeddingModel.embed(text: String): Embedding = embed(EmbeddingRequest.of(text)).embeddings.single()

/** The vectors of [texts], in their order. */
@JvmSynthetic
public suspend fun EmbeddingModel.embed(texts: List<String>): List<Embedding> =
    embed(EmbeddingRequest.of(texts)).embeddings
