package dev.muster.model

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.GenerationSettings
import dev.muster.chat.ModelId
import dev.muster.chat.StructuredOutputMode
import kotlinx.coroutines.flow.Flow

/**
 * A chat model. It is safe to call from many coroutines at once: calls share only connections.
 *
 * Cancelling the coroutine closes the HTTP exchange at once, in any phase of the call, and no further attempt is sent.
 * Failures are [dev.muster.error.LlmException]s.
 *
 * ```kotlin
 * model.stream("Write a story.").text().collect { print(it) }
 * ```
 */
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

    /** Sends [prompt] as a user message and returns the complete response; see the overload for requests. */
    public suspend fun chat(prompt: String): ChatResponse = chat(ChatRequest.of(prompt))

    /** Sends [prompt] as a user message and returns a flow of the response's events; see the overload for requests. */
    public fun stream(prompt: String): Flow<ChatEvent> = stream(ChatRequest.of(prompt))

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
