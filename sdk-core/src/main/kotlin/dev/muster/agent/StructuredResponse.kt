package dev.muster.agent

import dev.muster.chat.HasUsage
import dev.muster.chat.Usage

/** A structured response: the object, and the response it was decoded from. */
public class StructuredResponse<T> internal constructor(
    /** The object. */
    @get:JvmName("value")
    public val value: T,
    /**
     * The response that the object was decoded from. Its tool runs, rounds and usage are those of all tries. Its text
     * is the JSON of the object, however the model returned it.
     */
    @get:JvmName("response")
    public val response: AgentResponse,
    /** The number of times the model was asked: more than 1 if a response was not valid. */
    @get:JvmName("tries")
    public val tries: Int,
) : HasUsage {
    /** The total usage of all tries, or null if the provider reported none. */
    override fun usage(): Usage? = response.usage()

    /** Leaves out the value, which may be private. */
    override fun toString(): String = "StructuredResponse($tries tries, $response)"
}
