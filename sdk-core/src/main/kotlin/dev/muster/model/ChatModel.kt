package dev.muster.model

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.GenerationSettings
import dev.muster.chat.Message
import dev.muster.chat.ModelId
import dev.muster.chat.StructuredOutputMode
import dev.muster.error.IncompleteResponseException.Companion.textOf
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow

/**
 * A chat model. It is safe to call from many coroutines at once: calls share only connections.
 *
 * `ask` returns the text of the response, `chat` the whole response, `stream` its events. Each takes a text, a user
 * message or a [ChatRequest]. For responses as objects, see [dev.muster.agent.returning].
 *
 * Cancelling the coroutine closes the HTTP exchange at once, in any phase of the call, and no further attempt is sent.
 * Failures are [dev.muster.error.LlmException]s.
 *
 * **Custom models.** Implement [id] and the overloads of [chat] and [stream] that take a [ChatRequest]: all others call
 * these. A model that wraps another one must also forward [structuredOutput]. Do not wrap with `by`: it also forwards
 * `ask` and the other overloads, so calls of them bypass your overrides.
 *
 * ```kotlin
 * model.stream("Write a story.").text().collect { print(it) }
 * ```
 */
@Suppress("TooManyFunctions") // Each way to ask takes a text, a message and a request.
public interface ChatModel : ModelHandle {
    /** The id of this model. */
    public val id: ModelId

    /**
     * Sends [request] and returns the complete response.
     *
     * @throws dev.muster.error.LlmException if the call fails
     */
    public suspend fun chat(request: ChatRequest): ChatResponse

    /**
     * Returns a cold flow of the response's events, in the order in which the model writes them.
     *
     * The request is sent when the flow is collected, once for each collector. A collector that stops early closes the
     * HTTP exchange. The last event is always [ChatEvent.Finished]. If the stream breaks off before its end, the flow
     * throws [dev.muster.error.StreamTruncatedException], which has the text received so far.
     */
    public fun stream(request: ChatRequest): Flow<ChatEvent>

    /**
     * Sends [request] and returns the text of the response.
     *
     * @throws dev.muster.error.IncompleteResponseException if the model paused, or the response has no text, only other
     * content such as an image
     * @throws dev.muster.error.LlmException if the call fails
     */
    public suspend fun ask(request: ChatRequest): String = textOf(chat(request))

    /** Sends [prompt] as a user message and returns the text of the response; see the overload for requests. */
    public suspend fun ask(prompt: String): String = ask(ChatRequest.of(prompt))

    /**
     * Sends [message], which may contain images, and returns the text of the response; see the overload for requests.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     */
    public suspend fun ask(message: Message): String = ask(requestOf(message, id))

    /** Sends [prompt] as a user message and returns the complete response; see the overload for requests. */
    public suspend fun chat(prompt: String): ChatResponse = chat(ChatRequest.of(prompt))

    /**
     * Sends [message], which may contain images, and returns the complete response; see the overload for requests.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     */
    public suspend fun chat(message: Message): ChatResponse = chat(requestOf(message, id))

    /** Sends [prompt] as a user message and returns a flow of the response's events; see the overload for requests. */
    public fun stream(prompt: String): Flow<ChatEvent> = stream(ChatRequest.of(prompt))

    /**
     * Sends [message], which may contain images, and returns a flow of the response's events; see the overload for
     * requests. If [message] is not a user message, the flow throws [dev.muster.error.InvalidRequestException].
     */
    public fun stream(message: Message): Flow<ChatEvent> = flow { emitAll(stream(requestOf(message, id))) }

    /**
     * Returns the best way to make this model answer [request] in its [ChatRequest.responseFormat]. Sends nothing.
     *
     * The result may depend on the format and on the rest of the request: some models accept no format together with
     * tools.
     */
    public fun structuredOutput(request: ChatRequest): StructuredOutputMode = StructuredOutputMode.INSTRUCTION

    /**
     * Returns this model with [settings] for all its requests. A setting of a request goes before that of [settings];
     * see [GenerationSettings.over]. This model does not change.
     */
    public fun with(settings: GenerationSettings): ChatModel = ModelWithSettings(this, settings)
}

/** Sends the requests of [model] with [settings] below their own. */
private class ModelWithSettings(private val model: ChatModel, private val settings: GenerationSettings) : ChatModel {
    override val id: ModelId get() = model.id

    override suspend fun chat(request: ChatRequest): ChatResponse = model.chat(set(request))

    override fun stream(request: ChatRequest): Flow<ChatEvent> = model.stream(set(request))

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode = model.structuredOutput(set(request))

    override fun toString(): String = "$model with $settings"

    private fun set(request: ChatRequest): ChatRequest = request.withOnly(request.settings.over(settings))
}
