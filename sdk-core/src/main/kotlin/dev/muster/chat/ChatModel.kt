package dev.muster.chat

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.map

/**
 * A model that answers. Safe to call from many coroutines at once: calls share nothing but connections.
 *
 * Cancelling the coroutine closes the exchange at once, in whatever phase it is, and no further attempt is sent.
 * Failures are [dev.muster.error.LlmException]s.
 *
 * ```kotlin
 * model.stream("Write a story.").text().collect { print(it) }
 * ```
 */
public interface ChatModel : ModelHandle {
    /** Which model this is. */
    public val id: ModelId

    /**
     * Sends [request] and returns the whole answer.
     *
     * @throws dev.muster.error.LlmException where no whole answer came
     */
    public suspend fun chat(request: ChatRequest): ChatResponse

    /**
     * A cold flow of the answer as it is written. The request goes out when the flow is collected, anew for each
     * collector; a collector that leaves early closes the exchange. The last event is always [ChatEvent.Finished]: an
     * answer that the transport cuts off ends in [dev.muster.error.StreamTruncatedException] with the text so far.
     */
    public fun stream(request: ChatRequest): Flow<ChatEvent>

    /**
     * How this model is best brought to answer [request] in the form that its [ChatRequest.responseFormat] says. It may
     * depend on the form and on the rest of the request: some take no form beside tools. Sends nothing.
     */
    public fun structuredOutput(request: ChatRequest): StructuredOutputMode = StructuredOutputMode.INSTRUCTION
}

/** The whole answer to [prompt]. */
@JvmSynthetic
public suspend fun ChatModel.chat(prompt: String): ChatResponse = chat(ChatRequest.of(prompt))

/** The answer to [prompt] as it is written. */
@JvmSynthetic
public fun ChatModel.stream(prompt: String): Flow<ChatEvent> = stream(ChatRequest.of(prompt))

/** Only the answer's text, piece by piece. */
@JvmSynthetic
public fun Flow<ChatEvent>.text(): Flow<String> = filterIsInstance<ChatEvent.TextDelta>().map { it.text }
