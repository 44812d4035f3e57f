package dev.muster.embedding

/** Texts to embed. Immutable. A request is validated when it is sent, not when it is built. */
public class EmbeddingRequest private constructor(builder: Builder) {
    /** The texts. At least one is required. */
    @get:JvmName("inputs")
    public val inputs: List<String> = builder.inputs.toList()

    /** The length of the vectors, if the model can shorten them. Null: the model's default length. */
    @get:JvmName("dimensions")
    public val dimensions: Int? = builder.dimensions

    /** Additional top-level fields of the request's JSON. See [dev.muster.chat.ChatRequest.extra]. */
    @get:JvmName("extra")
    public val extra: Map<String, Any?> = builder.extra.toMap()

    /** Returns a builder with the values of this request. */
    public fun toBuilder(): Builder = Builder().inputs(inputs).dimensions(dimensions).extra(extra)

    /** Omits the texts, which are private. */
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

        /** Adds [fields] to [EmbeddingRequest.extra]. */
        public fun extra(fields: Map<String, Any?>): Builder = apply { extra += fields }

        /** Returns the request. */
        public fun build(): EmbeddingRequest = EmbeddingRequest(this)
    }

    /** Creates requests. */
    public companion object {
        /** Returns an empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()

        /** Returns a request for one text. */
        @JvmStatic
        public fun of(text: String): EmbeddingRequest = of(listOf(text))

        /** Returns a request for [texts]. */
        @JvmStatic
        public fun of(texts: List<String>): EmbeddingRequest = builder().inputs(texts).build()
    }
}
