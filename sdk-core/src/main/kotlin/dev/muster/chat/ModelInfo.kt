package dev.muster.chat

import java.time.Instant

/** A model that a provider offers. Null properties are those the provider does not report. */
public class ModelInfo
@JvmOverloads
constructor(
    /** The id to use in calls. */
    @get:JvmName("id")
    public val id: ModelId,
    /** The name to show to people. */
    @get:JvmName("displayName")
    public val displayName: String? = null,
    /** When the provider released the model. */
    @get:JvmName("created")
    public val created: Instant? = null,
    /** The maximum number of tokens in a request. */
    @get:JvmName("contextWindow")
    public val contextWindow: Long? = null,
    /** The maximum number of tokens in a response. */
    @get:JvmName("maxOutputTokens")
    public val maxOutputTokens: Long? = null,
) {
    override fun equals(other: Any?): Boolean = other is ModelInfo &&
        other.id == id &&
        other.displayName == displayName &&
        other.created == created &&
        other.contextWindow == contextWindow &&
        other.maxOutputTokens == maxOutputTokens

    override fun hashCode(): Int = id.hashCode()

    override fun toString(): String = "ModelInfo($id)"
}
