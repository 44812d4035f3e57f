package dev.muster.agent

import dev.muster.chat.Message
import kotlinx.coroutines.flow.Flow

/**
 * A [ChatConversation] whose turns return objects of one type; see [TypedChatAgent]. Created by
 * [ChatConversation.returning]. It has no history of its own: its turns are turns of the [conversation].
 *
 * ```kotlin
 * val recipes: TypedChatConversation<Recipe> = conversation.returning<Recipe>()
 * conversation.ask("I have rice, lemons and an onion.")
 * println(recipes.ask("What can I cook?").name)
 * println(recipes.ask("And without the onion?").name)
 * ```
 */
public class TypedChatConversation<T> internal constructor(
    /** The conversation. */
    public val conversation: ChatConversation,
    /** The type of the responses. */
    public val type: OutputType<T>,
) {
    /**
     * Runs a turn with [prompt] and returns the response as an object.
     *
     * @throws dev.muster.error.StructuredOutputException if no response was valid; the history is unchanged
     * @throws dev.muster.error.LlmException if the turn failed; see [ChatConversation.chat]
     */
    public suspend fun ask(prompt: String): T = chat(prompt).value

    /**
     * Runs a turn with [message], which may contain images, and returns the response as an object; see the overload for
     * text.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     */
    public suspend fun ask(message: Message): T = chat(message).value

    /**
     * Runs a turn with [prompt] and returns the object together with its response.
     *
     * @throws dev.muster.error.StructuredOutputException if no response was valid; the history is unchanged
     * @throws dev.muster.error.LlmException if the turn failed; see [ChatConversation.chat]
     */
    public suspend fun chat(prompt: String): StructuredResponse<T> = chat(Message.user(prompt))

    /**
     * Runs a turn with [message], which may contain images, and returns the object together with its response; see the
     * overload for text.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     */
    public suspend fun chat(message: Message): StructuredResponse<T> = conversation.chat(message, type)

    /**
     * Streams the response to [prompt], as [ChatConversation.stream]. The last event is [AgentEvent.Finished], whose
     * `structured` holds the object. If a response was not valid, its text has already been emitted when the model is
     * asked again.
     */
    public fun stream(prompt: String): Flow<AgentEvent> = stream(Message.user(prompt))

    /**
     * Streams the response to [message], as for text. If [message] is not a user message, the flow throws
     * [dev.muster.error.InvalidRequestException].
     */
    public fun stream(message: Message): Flow<AgentEvent> = conversation.stream(message, type)

    override fun toString(): String = "TypedChatConversation(${type.name} of $conversation)"
}
