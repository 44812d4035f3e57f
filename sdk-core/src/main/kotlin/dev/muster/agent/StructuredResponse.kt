package dev.muster.agent

import dev.muster.chat.HasUsage
import dev.muster.chat.Usage

/** An answer as an object. */
public class StructuredResponse<T> internal constructor(
    /** The object that the model has answered with. */
    @get:JvmName("value")
    public val value: T,
    /** The answer it was read from: that of the last try. */
    @get:JvmName("response")
    public val response: AgentResponse,
    /** How often the model was asked: more than once where an answer did not fit. */
    @get:JvmName("tries")
    public val tries: Int,
    private val usage: Usage?,
) : HasUsage {
    /** The usage of all tries; null where the provider has not said. */
    override fun usage(): Usage? = usage

    /** Says how it came about and leaves the value out, which may be private. */
    override fun toString(): String = "StructuredResponse($tries tries, $usage)"
}
