package dev.muster.agent

import dev.muster.chat.HasUsage
import dev.muster.chat.Usage

/** An answer as an object. */
public class StructuredResponse<T> internal constructor(
    /** The object that the model has answered with. */
    @get:JvmName("value")
    public val value: T,
    /**
     * How it came about: tool runs, rounds and usage are those of all tries; its text is the JSON that the object was
     * read from, by whichever way that came.
     */
    @get:JvmName("response")
    public val response: AgentResponse,
    /** How often the model was asked for it: more than once where an answer did not fit. */
    @get:JvmName("tries")
    public val tries: Int,
) : HasUsage {
    /** The usage of all tries; null where the provider has said it of none. */
    override fun usage(): Usage? = response.usage()

    /** Says how it came about and leaves the value out, which may be private. */
    override fun toString(): String = "StructuredResponse($tries tries, $response)"
}
