package dev.muster.chat

import java.time.Instant

/** A model that a provider offers. What the provider does not say is null. */
public class ModelInfo
@JvmOverloads
constructor(
    /** Names the model in calls. */
    @get:JvmName("id")
    public val id: ModelId,
    /** Its name for people. */
    @get:JvmName("displayName")
    public val displayName: String? = null,
    /** When the provider released it. */
    @get:JvmName("created")
    public val created: Instant? = null,
    /** The most tokens of a request. */
    @get:JvmName("contextWindow")
    public val contextWindow: Long? = null,
    /** The most tokens of an answer. */
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
