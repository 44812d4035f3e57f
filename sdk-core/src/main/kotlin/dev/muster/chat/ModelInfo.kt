package dev.muster.chat

import java.time.Instant

/** A model that a provider offers. Null properties are those the provider does not report. */
public class ModelInfo private constructor(builder: Builder) {
    /** The id to use in calls. */
    @get:JvmName("id")
    public val id: ModelId = builder.id

    /** The name to show to people. */
    @get:JvmName("displayName")
    public val displayName: String? = builder.displayName

    /** When the provider released the model. */
    @get:JvmName("created")
    public val created: Instant? = builder.created

    /** The maximum number of tokens in a request. */
    @get:JvmName("contextWindow")
    public val contextWindow: Long? = builder.contextWindow

    /** The maximum number of tokens in a response. */
    @get:JvmName("maxOutputTokens")
    public val maxOutputTokens: Long? = builder.maxOutputTokens

    override fun equals(other: Any?): Boolean = other is ModelInfo &&
        other.id == id &&
        other.displayName == displayName &&
        other.created == created &&
        other.contextWindow == contextWindow &&
        other.maxOutputTokens == maxOutputTokens

    override fun hashCode(): Int = id.hashCode()

    override fun toString(): String = "ModelInfo($id)"

    /** Builds a [ModelInfo]. Every property but the id is null at first. Not thread-safe. */
    public class Builder internal constructor(@get:JvmSynthetic internal val id: ModelId) {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var displayName: String? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var created: Instant? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var contextWindow: Long? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var maxOutputTokens: Long? = null

        /** Sets [ModelInfo.displayName]. */
        public fun displayName(name: String?): Builder = apply { displayName = name }

        /** Sets [ModelInfo.created]. */
        public fun created(created: Instant?): Builder = apply { this.created = created }

        /** Sets [ModelInfo.contextWindow]. */
        public fun contextWindow(tokens: Long?): Builder = apply { contextWindow = tokens }

        /** Sets [ModelInfo.maxOutputTokens]. */
        public fun maxOutputTokens(tokens: Long?): Builder = apply { maxOutputTokens = tokens }

        /** Returns the model's description. */
        public fun build(): ModelInfo = ModelInfo(this)
    }

    /** Creates descriptions of models. */
    public companion object {
        /** Returns a builder for the model [id]. */
        @JvmStatic
        public fun builder(id: ModelId): Builder = Builder(id)
    }
}
