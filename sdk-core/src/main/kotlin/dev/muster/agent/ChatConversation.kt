package dev.muster.agent

import dev.muster.agent.internal.inTurnOf
import dev.muster.agent.internal.writeHistory
import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.error.IncompleteAnswerException.Companion.textOf
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import java.util.concurrent.atomic.AtomicReference

/**
 * Turns with an agent that remembers what was said: each sends the [history] and adds to it.
 *
 * One turn at a time: one that is asked for meanwhile waits, in the order of asking, and holds no thread. A turn is
 * whole or has not been: one that fails, is cancelled (while it waits, too) or is left early leaves the history as it
 * was. What a turn adds is the prompt, the calls of tools and their results, and the answer.
 *
 * A turn of a conversation that is asked for by a tool of that conversation's own turn would wait for itself. It fails
 * with an [IllegalStateException] at once, whether the tool suspends or blocks; a tool may [fork] the conversation.
 *
 * ```kotlin
 * val conversation = agent.conversation()
 * conversation.ask("My name is Ada.")
 * println(conversation.ask("What is my name?"))
 * ```
 */
public class ChatConversation internal constructor(
    /** The agent that answers. */
    public val agent: ChatAgent,
    /** What of the history is sent. */
    public val window: HistoryWindow,
    messages: List<Message>,
) {
    /** Each change is a new one, so that a turn knows by identity whether its history is still the one. */
    private class State(val messages: List<Message>)

    private val state = AtomicReference(State(messages.toList()))
    private val turns = Mutex()

    /**
     * What has been said in whole turns, the messages given at the start first; the agent's system prompt is none of
     * them. A copy: it does not change.
     */
    public val history: List<Message> get() = state.get().messages

    /** The text of the answer to [prompt]. */
    public suspend fun ask(prompt: String): String = textOf(chat(prompt).response)

    /** The text of the answer to [message], which may show images. */
    public suspend fun ask(message: Message): String = textOf(chat(message).response)

    /** The answer to [prompt] as an object; see [ChatAgent.chat]. */
    public suspend fun <T> ask(prompt: String, type: OutputType<T>): T = chat(prompt, type).value

    /** The answer to [message] as an object; see [ChatAgent.chat]. */
    public suspend fun <T> ask(message: Message, type: OutputType<T>): T = chat(message, type).value

    /**
     * The whole answer to [prompt], tools run.
     *
     * @throws dev.muster.error.ToolLoopLimitException where the model asks for tools in more rounds than allowed
     * @throws dev.muster.error.LlmException where no whole answer came; the history is as it was
     */
    public suspend fun chat(prompt: String): AgentResponse = chat(Message.user(prompt))

    /** The whole answer to [message], as [chat]. */
    public suspend fun chat(message: Message): AgentResponse = chat(listOf(message))

    /**
     * The whole answer to [messages], such as the results of tools that the agent does not run; as [chat].
     *
     * @throws IllegalArgumentException where there are none
     */
    public suspend fun chat(messages: List<Message>): AgentResponse = turn(messages, { it }) { agent.chat(it) }

    /** The answer to [prompt] as an object, and how it came about; see [ChatAgent.chat]. */
    public suspend fun <T> chat(prompt: String, type: OutputType<T>): StructuredResponse<T> =
        chat(Message.user(prompt), type)

    /** The answer to [message] as an object, and how it came about; see [ChatAgent.chat]. */
    public suspend fun <T> chat(message: Message, type: OutputType<T>): StructuredResponse<T> =
        turn(listOf(message), { it.response }) { agent.chat(it, type) }

    /**
     * The answer to [prompt] as it is written; see [ChatAgent.stream]. The turn lasts from the beginning of a
     * collection to its end: another one waits until the collector is done. The history has it from the last event on;
     * a collector that leaves before it has changed nothing.
     */
    public fun stream(prompt: String): Flow<AgentEvent> = stream(Message.user(prompt))

    /** The answer to [message] as it is written, as [stream]. */
    public fun stream(message: Message): Flow<AgentEvent> = stream(listOf(message))

    /**
     * The answer to [messages] as it is written, as [stream].
     *
     * @throws IllegalArgumentException where there are none
     */
    public fun stream(messages: List<Message>): Flow<AgentEvent> {
        val prompt = promptOf(messages)
        return streamed(prompt) { agent.stream(agent.request(sent(it, prompt))) }
    }

    /** The answer to [prompt] as it is written, with the object that it is in the last event; as [stream]. */
    public fun <T> stream(prompt: String, type: OutputType<T>): Flow<AgentEvent> {
        val messages = listOf(Message.user(prompt))
        return streamed(messages) { agent.stream(agent.request(sent(it, messages)), type) }
    }

    /**
     * Another conversation with the same agent that begins with this history as it is now. From here on neither sees
     * the other; a turn that has not ended is not in it.
     */
    public fun fork(): ChatConversation = ChatConversation(agent, window, history)

    /**
     * Forgets all messages, those given at the start, too. A turn that is under way ends as it would have, and is
     * forgotten as well; those that wait begin with nothing.
     */
    public fun reset(): Unit = state.set(State(emptyList()))

    /**
     * The [history] as JSON, for [ChatAgent.loadConversation]: all kinds of content, bytes of images too. It is as
     * private as what was said.
     */
    public fun save(): String = writeHistory(history)

    /** Says how much there is, not what. */
    override fun toString(): String = "ChatConversation(${history.size} messages, $agent)"

    private fun promptOf(messages: List<Message>): List<Message> {
        require(messages.isNotEmpty()) { "A turn has to say something: there are no messages" }
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
                // Who was cancelled meanwhile never sees the answer.
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

    /** Not where [reset] has come in between. */
    private fun add(before: State, prompt: List<Message>, answer: AgentResponse) {
        state.compareAndSet(before, State(before.messages + prompt + answer.messages))
    }
}
