package dev.muster.agent

import dev.muster.chat.HasUsage
import dev.muster.chat.Usage

/** A structured response: the object, the response it was decoded from, and the usage of all tries. */
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
) : HasUsage() {
    @JvmSynthetic
    override fun reported(): Usage? = response.usage

    /** Leaves out the value, which may be private. */
    override fun toString(): String = "StructuredResponse($tries tries, $response)"
}
