package dev.muster.embedding

/** Texts to embed. Immutable; checked where it is sent, not here. */
public class EmbeddingRequest private constructor(builder: Builder) {
    /** The texts, at least one. */
    @get:JvmName("inputs")
    public val inputs: List<String> = builder.inputs.toList()

    /** How long the vectors shall be, where the model can shorten them; null for its own length. */
    @get:JvmName("dimensions")
    public val dimensions: Int? = builder.dimensions

    /** Further fields for the top level of the request's JSON; see [dev.muster.chat.ChatRequest.extra]. */
    @get:JvmName("extra")
    public val extra: Map<String, Any?> = builder.extra.toMap()

    /** A builder that starts from this request. */
    public fun toBuilder(): Builder = Builder().inputs(inputs).dimensions(dimensions).extra(extra)

    /** Says how much is asked, not what: texts are private. */
    override fun toString(): String = "EmbeddingRequest(${inputs.size} inputs, dimensions=$dimensions)"

    /** Builds an [EmbeddingRequest]. Not thread-safe. */
    public class Builder {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var inputs: List<String> = emptyList()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var dimensions: Int? = null

        @get:JvmSynthetic
        internal val extra = LinkedHashMap<String, Any?>()

        /** Sets [EmbeddingRequest.inputs]. */
        public fun inputs(inputs: List<String>): Builder = apply { this.inputs = inputs }

        /** Sets [EmbeddingRequest.dimensions]. */
        public fun dimensions(dimensions: Int?): Builder = apply { this.dimensions = dimensions }

        /** Adds one field to [EmbeddingRequest.extra]. */
        public fun extra(name: String, value: Any?): Builder = apply { extra[name] = value }

        /** Adds fields to [EmbeddingRequest.extra]. */
        public fun extra(fields: Map<String, Any?>): Builder = apply { extra += fields }

        /** The request as set so far. */
        public fun build(): EmbeddingRequest = EmbeddingRequest(this)
    }

    /** Makes requests. */
    public companion object {
        /** An empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()

        /** A request for one text. */
        @JvmStatic
        public fun of(text: String): EmbeddingRequest = of(listOf(text))

        /** A request for [texts]. */
        @JvmStatic
        public fun of(texts: List<String>): EmbeddingRequest = builder().inputs(texts).build()
    }
}
