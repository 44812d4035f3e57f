@file:JvmName("TypedChatModels")

package dev.muster.agent

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.model.ChatModel
import kotlinx.coroutines.flow.Flow

/**
 * A [ChatModel] whose responses are objects of one type. Created by [returning]. Immutable and thread-safe.
 *
 * If the provider can, it enforces the schema of the type. Otherwise the model is asked through a tool or an
 * instruction: see [ChatModel.structuredOutput]. If a response is not valid, the model is asked again with the
 * validation error, up to 2 times; to change that, use [ChatAgent.Builder.structuredRetries] and [ChatAgent.returning].
 *
 * ```kotlin
 * val cook: TypedChatModel<Recipe> = model.returning<Recipe>()
 * val menu = gather(dishes) { cook.ask("A recipe for $it") }
 * ```
 */
public class TypedChatModel<T> internal constructor(
    /** The model. */
    public val model: ChatModel,
    /** The type of the responses. */
    public val type: OutputType<T>,
) {
    private val agent = ChatAgent.builder(model).build()

    /**
     * Sends [prompt] and returns the response as an object.
     *
     * @throws dev.muster.error.StructuredOutputException if no response was valid
     * @throws dev.muster.error.LlmException if the call failed
     */
    public suspend fun ask(prompt: String): T = chat(prompt).value

    /**
     * Sends [message], which may contain images, and returns the response as an object.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     * @throws dev.muster.error.LlmException see the overload for text
     */
    public suspend fun ask(message: Message): T = chat(message).value

    /** Sends [request], with the type in place of its [ChatRequest.responseFormat]; see the overload for text. */
    public suspend fun ask(request: ChatRequest): T = chat(request).value

    /**
     * Sends [prompt] and returns the object together with its response.
     *
     * @throws dev.muster.error.StructuredOutputException if no response was valid
     * @throws dev.muster.error.LlmException if the call failed; its usage is the sum of all tries
     */
    public suspend fun chat(prompt: String): StructuredResponse<T> = chat(ChatRequest.of(prompt))

    /**
     * Sends [message], which may contain images, and returns the object together with its response.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     * @throws dev.muster.error.LlmException see the overload for text
     */
    public suspend fun chat(message: Message): StructuredResponse<T> = chat(agent.request(message))

    /** Sends [request], with the type in place of its [ChatRequest.responseFormat]; see the overload for text. */
    public suspend fun chat(request: ChatRequest): StructuredResponse<T> = agent.chat(request, type)

    /**
     * Streams the response to [prompt]; see [ChatModel.stream]. The last event is [AgentEvent.Finished], whose
     * `structured` holds the object. If a response was not valid, its text has already been emitted when the model is
     * asked again.
     */
    public fun stream(prompt: String): Flow<AgentEvent> = stream(ChatRequest.of(prompt))

    /**
     * Streams the response to [message], as for text. If [message] is not a user message, the flow throws
     * [dev.muster.error.InvalidRequestException].
     */
    public fun stream(message: Message): Flow<AgentEvent> = agent.stream(message, type)

    /** Streams the response to [request], with the type in place of its [ChatRequest.responseFormat], as for text. */
    public fun stream(request: ChatRequest): Flow<AgentEvent> = agent.stream(request, type)

    override fun toString(): String = "TypedChatModel(${type.name} of ${model.id})"
}

/** Returns a view of this model whose responses are objects of [type]. Sends nothing. */
public fun <T> ChatModel.returning(type: OutputType<T>): TypedChatModel<T> = TypedChatModel(this, type)

/**
 * Returns a view of this model whose responses are objects of the `@Serializable` type [T]:
 * `model.returning<Recipe>().ask("How is tea made?")`. Sends nothing.
 *
 * @throws IllegalArgumentException if [T] has no JSON schema; the message says what to do
 */
@JvmSynthetic
public inline fun <reified T> ChatModel.returning(): TypedChatModel<T> = returning(outputType<T>())
