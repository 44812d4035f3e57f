package dev.muster.agent

import dev.muster.agent.internal.inTurnOf
import dev.muster.agent.internal.writeHistory
import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.error.IncompleteResponseException.Companion.textOf
import dev.muster.model.checkUserMessage
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import java.util.concurrent.atomic.AtomicReference

/**
 * A conversation with an agent: each turn sends the [history] and adds to it. Thread-safe.
 *
 * Turns run one at a time. A turn that is started during another one waits, first come first served, without holding a
 * thread. A turn adds its prompt, the tool calls with their results, and the response to the history. A turn that
 * fails, is cancelled (also while it waits) or whose stream is not collected to the end does not change the history.
 *
 * A tool must not start another turn of the conversation it runs for: that would deadlock, so it fails at once with an
 * [IllegalStateException], whether the tool suspends or blocks. A tool may [fork] the conversation instead.
 *
 * ```kotlin
 * val conversation = agent.conversation()
 * conversation.ask("My name is Ada.")
 * println(conversation.ask("What is my name?"))
 * ```
 */
public class ChatConversation internal constructor(
    /** The agent that runs the turns. */
    public val agent: ChatAgent,
    /** How much of the history each turn sends. */
    public val window: HistoryWindow,
    messages: List<Message>,
) {
    /** Replaced on each change, so that a turn can tell by identity whether the history has changed meanwhile. */
    private class State(val messages: List<Message>)

    private val state = AtomicReference(State(messages.toList()))
    private val turns = Mutex()

    /**
     * The messages of all completed turns, after the messages given at the start. Does not include the agent's system
     * prompt. A snapshot: later turns do not change it.
     */
    public val history: List<Message> get() = state.get().messages

    /**
     * Runs a turn with [prompt] and returns the text of the response.
     *
     * @throws dev.muster.error.IncompleteResponseException if the response has no text, only other content such as an
     * image; the turn is in the history all the same
     * @throws dev.muster.error.LlmException as [chat]
     */
    public suspend fun ask(prompt: String): String = textOf(chat(prompt).response)

    /**
     * Runs a turn with [message], which may contain images, and returns the text of the response; see the overload for
     * text.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     */
    public suspend fun ask(message: Message): String = textOf(chat(message).response)

    /**
     * Runs a turn with [prompt], including the tools that the model calls, and returns the whole response.
     *
     * @throws dev.muster.error.ToolLoopLimitException if the model calls tools or pauses in more rounds than the agent
     * allows
     * @throws dev.muster.error.LlmException if the turn failed; the history is unchanged
     */
    public suspend fun chat(prompt: String): AgentResponse = chat(Message.user(prompt))

    /**
     * Runs a turn with [message], which may contain images, and returns the whole response; see the overload for text.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message. Pass tool results in a list
     */
    public suspend fun chat(message: Message): AgentResponse {
        checkUserMessage(message, agent.model.id)
        return chat(listOf(message))
    }

    /**
     * Runs a turn with [messages], such as the results of tools that the agent does not run, and returns the whole
     * response, as [chat].
     *
     * @throws IllegalArgumentException if [messages] is empty
     */
    public suspend fun chat(messages: List<Message>): AgentResponse = turn(messages, { it }) { agent.chat(it) }

    /**
     * Streams the response to [prompt]; see [ChatAgent.stream]. Each collection is a turn. It lasts until the collector
     * is done, and other turns wait for it. The history is updated just before the last event is emitted. Cancelling
     * the collection earlier leaves the history unchanged.
     */
    public fun stream(prompt: String): Flow<AgentEvent> = stream(Message.user(prompt))

    /**
     * Streams the response to [message], which may contain images, as for text. If [message] is not a user message, the
     * flow throws [dev.muster.error.InvalidRequestException]. Pass tool results in a list.
     */
    public fun stream(message: Message): Flow<AgentEvent> = flow {
        checkUserMessage(message, agent.model.id)
        emitAll(stream(listOf(message)))
    }

    /**
     * Streams the response to [messages], as [stream].
     *
     * @throws IllegalArgumentException if [messages] is empty
     */
    public fun stream(messages: List<Message>): Flow<AgentEvent> {
        val prompt = promptOf(messages)
        return streamed(prompt) { agent.stream(agent.request(sent(it, prompt))) }
    }

    /**
     * Returns a view of this conversation whose turns return objects of [type]. Sends nothing. Its turns are turns of
     * this conversation.
     */
    public fun <T> returning(type: OutputType<T>): TypedChatConversation<T> = TypedChatConversation(this, type)

    /**
     * Returns a view of this conversation whose turns return objects of the `@Serializable` type [T]:
     * `conversation.returning<Recipe>().ask("And with rice?")`. Sends nothing.
     *
     * @throws IllegalArgumentException if [T] has no JSON schema; the message says what to do
     */
    @JvmSynthetic
    public inline fun <reified T> returning(): TypedChatConversation<T> = returning(outputType<T>())

    @JvmSynthetic
    internal suspend fun <T> chat(message: Message, type: OutputType<T>): StructuredResponse<T> {
        checkUserMessage(message, agent.model.id)
        return turn(listOf(message), { it.response }) { agent.chat(it, type) }
    }

    @JvmSynthetic
    internal fun <T> stream(message: Message, type: OutputType<T>): Flow<AgentEvent> = flow {
        checkUserMessage(message, agent.model.id)
        val prompt = listOf(message)
        emitAll(streamed(prompt) { agent.stream(agent.request(sent(it, prompt)), type) })
    }

    /**
     * Returns a new conversation with the same agent and window that starts with the current [history]. Later turns of
     * one do not affect the other. A turn that is still running is not included.
     */
    public fun fork(): ChatConversation = ChatConversation(agent, window, history)

    /**
     * Clears the history, including the messages given at the start. A running turn continues, but is not added to the
     * history. Turns that are waiting start with an empty history.
     */
    public fun reset(): Unit = state.set(State(emptyList()))

    /**
     * Returns the [history] as JSON for [ChatAgent.loadConversation]. It contains every kind of content, including the
     * bytes of images. Protect it like the conversation itself.
     */
    public fun save(): String = writeHistory(history)

    /** Shows the number of messages, not their content. */
    override fun toString(): String = "ChatConversation(${history.size} messages, $agent)"

    private fun promptOf(messages: List<Message>): List<Message> {
        require(messages.isNotEmpty()) { "A turn needs at least one message: the list is empty" }
        return messages.toList()
    }

    private fun sent(before: State, prompt: List<Message>): List<Message> =
        window.select(agent.request(emptyList()).messages, before.messages, prompt)

    private suspend fun <R> turn(
        messages: List<Message>,
        answer: (R) -> AgentResponse,
        call: suspend (ChatRequest) -> R,
    ): R {
        val prompt = promptOf(messages)
        return inTurnOf(this) {
            turns.withLock {
                val before = state.get()
                val result = call(agent.request(sent(before, prompt)))
                // A caller that was cancelled meanwhile never sees the response, so it must not enter the history.
                currentCoroutineContext().ensureActive()
                add(before, prompt, answer(result))
                result
            }
        }
    }

    private fun streamed(prompt: List<Message>, events: (State) -> Flow<AgentEvent>): Flow<AgentEvent> = inTurnOf(
        this,
        flow {
            turns.withLock {
                val before = state.get()
                events(before).collect {
                    if (it is AgentEvent.Finished) add(before, prompt, it.response)
                    emit(it)
                }
            }
        },
    )

    /** Adds nothing if [reset] was called during the turn. */
    private fun add(before: State, prompt: List<Message>, answer: AgentResponse) {
        state.compareAndSet(before, State(before.messages + prompt + answer.messages))
    }
}
