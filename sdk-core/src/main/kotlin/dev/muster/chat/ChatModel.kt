package dev.muster.chat

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.map

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

    /**
     * Returns the best way to make this model answer [request] in its [ChatRequest.responseFormat]. Sends nothing.
     *
     * The result may depend on the format and on the rest of the request: some models accept no format together with
     * tools.
     */
    public fun structuredOutput(request: ChatRequest): StructuredOutputMode = StructuredOutputMode.INSTRUCTION
}

/** Sends [prompt] as a user message and returns the complete response. */
@JvmSynthetic
public suspend fun ChatModel.chat(prompt: String): ChatResponse = chat(ChatRequest.of(prompt))

/** Sends [prompt] as a user message and returns a flow of the response's events. */
@JvmSynthetic
public fun ChatModel.stream(prompt: String): Flow<ChatEvent> = stream(ChatRequest.of(prompt))

/** Returns only the text pieces of the response. */
@JvmSynthetic
public fun Flow<ChatEvent>.text(): Flow<String> = filterIsInstance<ChatEvent.TextDelta>().map { it.text }
