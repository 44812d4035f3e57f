package dev.muster.agent

import dev.muster.chat.Message
import kotlinx.coroutines.flow.Flow

/**
 * A [ChatAgent] whose responses are objects of one type. Created by [ChatAgent.returning]. Immutable and thread-safe.
 *
 * If the provider can, it enforces the schema of the type. Otherwise the model is asked through a tool or an
 * instruction: see [dev.muster.model.ChatModel.structuredOutput]. If the response is not valid, the model is asked
 * again with the validation error, up to [ChatAgent.Builder.structuredRetries] times. A response that was cut off by
 * the token limit or a content filter is not retried.
 *
 * ```kotlin
 * val cook: TypedChatAgent<Recipe> = agent.returning<Recipe>()
 * println(cook.ask("A soup for tonight").name)
 * ```
 */
public class TypedChatAgent<T> internal constructor(
    /** The agent. */
    public val agent: ChatAgent,
    /** The type of the responses. */
    public val type: OutputType<T>,
) {
    /**
     * Sends [prompt], runs the tools that the model calls, and returns the response as an object.
     *
     * @throws dev.muster.error.StructuredOutputException if no response was valid
     * @throws dev.muster.error.LlmException if the call failed; see [ChatAgent.chat]
     */
    public suspend fun ask(prompt: String): T = chat(prompt).value

    /**
     * Sends [message], which may contain images, and returns the response as an object; see the overload for text.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     */
    public suspend fun ask(message: Message): T = chat(message).value

    /**
     * Sends [prompt], runs the tools that the model calls, and returns the object together with its response: tool
     * runs, rounds and usage.
     *
     * @throws dev.muster.error.StructuredOutputException if no response was valid
     * @throws dev.muster.error.LlmException if the call failed; its usage is the sum of all tries
     */
    public suspend fun chat(prompt: String): StructuredResponse<T> = agent.chat(agent.request(prompt), type)

    /**
     * Sends [message], which may contain images, and returns the object together with its response; see the overload
     * for text.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     */
    public suspend fun chat(message: Message): StructuredResponse<T> = agent.chat(agent.request(message), type)

    /**
     * Streams the response to [prompt], as [ChatAgent.stream]. The last event is [AgentEvent.Finished], whose
     * `structured` holds the object. If a response was not valid, its text has already been emitted when the model is
     * asked again.
     */
    public fun stream(prompt: String): Flow<AgentEvent> = agent.stream(agent.request(prompt), type)

    /**
     * Streams the response to [message], as for text. If [message] is not a user message, the flow throws
     * [dev.muster.error.InvalidRequestException].
     */
    public fun stream(message: Message): Flow<AgentEvent> = agent.stream(message, type)

    override fun toString(): String = "TypedChatAgent(${type.name} of $agent)"
}
