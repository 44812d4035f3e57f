package dev.muster.embedding

import dev.muster.chat.HasUsage
import dev.muster.chat.Usage
import java.time.Duration

/** The vector of a text. Immutable. */
public class Embedding(vector: FloatArray) {
    private val vector = vector.copyOf()

    /** The number of elements. */
    @get:JvmName("size")
    public val size: Int get() = vector.size

    /** Returns the element at [index]. */
    public operator fun get(index: Int): Float = vector[index]

    /** Returns a copy of the elements. */
    public fun toFloatArray(): FloatArray = vector.copyOf()

    @JvmSynthetic
    internal fun isFinite(): Boolean = vector.all { it.isFinite() }

    override fun equals(other: Any?): Boolean = other is Embedding && other.vector.contentEquals(vector)

    override fun hashCode(): Int = vector.contentHashCode()

    override fun toString(): String = "Embedding($size numbers)"
}

/** The vectors of all texts of an [EmbeddingRequest]. Immutable. */
public class EmbeddingResponse private constructor(builder: Builder) : HasUsage() {
    /** One vector for each text, in the order of the texts. */
    @get:JvmName("embeddings")
    public val embeddings: List<Embedding> = builder.embeddings.toList()

    private val reported: Usage? = builder.usage

    /** The name of the model that answered, as the provider reports it. */
    @get:JvmName("model")
    public val model: String = builder.model

    /** The id of the provider that answered. */
    @get:JvmName("provider")
    public val provider: String = builder.provider

    /** The time from the start of the call to the last vector. */
    @get:JvmName("latency")
    public val latency: Duration = builder.latency

    @JvmSynthetic
    override fun reported(): Usage? = reported

    override fun toString(): String =
        "EmbeddingResponse($provider::$model, ${embeddings.size} embeddings, $usage, latency=$latency)"

    /** Builds an [EmbeddingResponse]. Not thread-safe. */
    public class Builder {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var embeddings: List<Embedding> = emptyList()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var usage: Usage? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var model: String = ""

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var provider: String = ""

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var latency: Duration = Duration.ZERO

        /** Sets [EmbeddingResponse.embeddings]. */
        public fun embeddings(embeddings: List<Embedding>): Builder = apply { this.embeddings = embeddings }

        /** Sets [EmbeddingResponse.usage]. */
        public fun usage(usage: Usage?): Builder = apply { this.usage = usage }

        /** Sets [EmbeddingResponse.model]. */
        public fun model(model: String): Builder = apply { this.model = model }

        /** Sets [EmbeddingResponse.provider]. */
        public fun provider(provider: String): Builder = apply { this.provider = provider }

        /** Sets [EmbeddingResponse.latency]. */
        public fun latency(latency: Duration): Builder = apply { this.latency = latency }

        /** Returns the response. */
        public fun build(): EmbeddingResponse = EmbeddingResponse(this)
    }

    /** Creates responses. */
    public companion object {
        /** Returns an empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
