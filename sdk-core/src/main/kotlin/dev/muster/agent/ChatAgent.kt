package dev.muster.agent

import dev.muster.agent.internal.StructuredCall
import dev.muster.agent.internal.ToolLoop
import dev.muster.agent.internal.agentTool
import dev.muster.agent.internal.inTurn
import dev.muster.agent.internal.readHistory
import dev.muster.agent.internal.structuredStream
import dev.muster.chat.ChatRequest
import dev.muster.chat.GenerationSettings
import dev.muster.chat.Message
import dev.muster.chat.ToolDefinition
import dev.muster.error.IncompleteResponseException.Companion.textOf
import dev.muster.model.ChatModel
import dev.muster.model.checkUserMessage
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import java.time.Duration

/**
 * A model with a role: a system prompt, settings and tools that are sent with every call. Stateless and thread-safe:
 * calls share nothing, and any number may run at once.
 *
 * **Tools.** If the model calls tools, the agent runs them, sends their results to the model and asks again, until the
 * model responds without tool calls. If a tool fails, times out, does not exist or gets invalid arguments, the model
 * receives the error as the tool's result.
 *
 * **Pauses.** If the model pauses, because a tool that the provider runs takes long, the agent sends its response back
 * and the model continues.
 *
 * **Limits and retries.** Each request to the model is a separate call with the client's limiters, timeouts and
 * retries. A retry never runs a tool again.
 *
 * **Cancellation.** Cancelling a call, or closing the client, cancels the tools that run for it.
 *
 * ```kotlin
 * val agent = client.agent("ollama::gemma3:latest") { systemPrompt("Be concise.") }
 * val answers = gather(listOf("What is 2 + 2?", "Who wrote Hamlet?")) { agent.ask(it) }
 * println(answers)
 * ```
 */
@Suppress("TooManyFunctions") // Each way to ask takes a text and a message.
public class ChatAgent private constructor(
    /** The model that the agent asks. */
    public val model: ChatModel,
    /** The agent's name, for logs and users. The model does not see it. Default: the model's id. */
    public val name: String,
    private val template: ChatRequest,
    private val structuredRetries: Int,
    private val loop: ToolLoop,
) {
    /** The settings that every call sends. */
    public val settings: GenerationSettings get() = template.settings

    /**
     * Returns this agent with [settings] for all its calls and conversations: those that are set replace the agent's,
     * see [GenerationSettings.over]. This agent does not change. Cheap enough for each call:
     * `agent.with(settings).ask(prompt)`.
     */
    public fun with(settings: GenerationSettings): ChatAgent {
        val changed = template.toBuilder().settings(settings).build()
        return ChatAgent(model, name, changed, structuredRetries, loop)
    }

    /**
     * Sends [prompt], runs the tools that the model calls, and returns the text of the last response.
     *
     * @throws dev.muster.error.IncompleteResponseException if the response has no text, only other content such as an
     *   image
     * @throws dev.muster.error.ToolLoopLimitException if the model calls tools or pauses in more rounds than
     * [Builder.maxToolRounds] allows
     * @throws dev.muster.error.LlmException if the call failed
     */
    public suspend fun ask(prompt: String): String = textOf(chat(prompt).response)

    /**
     * Sends [message], which may contain images, and returns the text of the last response; see the overload for text.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     */
    public suspend fun ask(message: Message): String = textOf(chat(message).response)

    /**
     * Sends [prompt], runs the tools that the model calls, and returns the whole response.
     *
     * @throws dev.muster.error.ToolLoopLimitException if the model calls tools or pauses in more rounds than
     * [Builder.maxToolRounds] allows
     * @throws dev.muster.error.LlmException if the call failed; its usage is the sum of all rounds
     */
    public suspend fun chat(prompt: String): AgentResponse = chat(request(prompt))

    /**
     * Sends [message], which may contain images, and returns the whole response; see the overload for text.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     */
    public suspend fun chat(message: Message): AgentResponse = chat(request(message))

    /**
     * Streams the response to [prompt], through all tool rounds. The flow is cold, as [ChatModel.stream]: each
     * collection sends a new request. Cancelling the collection closes the HTTP exchange and cancels the running tools.
     */
    public fun stream(prompt: String): Flow<AgentEvent> = stream(request(prompt))

    /**
     * Streams the response to [message], which may contain images, as for text. If [message] is not a user message, the
     * flow throws [dev.muster.error.InvalidRequestException].
     */
    public fun stream(message: Message): Flow<AgentEvent> = flow { emitAll(stream(request(message))) }

    /** Returns a view of this agent whose responses are objects of [type]. Sends nothing. */
    public fun <T> returning(type: OutputType<T>): TypedChatAgent<T> = TypedChatAgent(this, type)

    /**
     * Returns a view of this agent whose responses are objects of the `@Serializable` type [T]:
     * `agent.returning<Recipe>().ask("How is tea made?")`. Sends nothing.
     *
     * @throws IllegalArgumentException if [T] has no JSON schema; the message says what to do
     */
    @JvmSynthetic
    public inline fun <reified T> returning(): TypedChatAgent<T> = returning(outputType<T>())

    /** Returns the first request that the agent sends for [prompt]. Sends nothing. */
    public fun request(prompt: String): ChatRequest = template.toBuilder().user(prompt).build()

    /**
     * Returns the first request that the agent sends for [message]. Sends nothing.
     *
     * @throws dev.muster.error.InvalidRequestException if [message] is not a user message
     */
    public fun request(message: Message): ChatRequest {
        checkUserMessage(message, model.id)
        return template.toBuilder().message(message).build()
    }

    /**
     * Creates a conversation with this agent whose history starts with [messages].
     *
     * @param window how much of the history each turn sends. Default: all of it
     */
    @JvmOverloads
    public fun conversation(
        messages: List<Message> = emptyList(),
        window: HistoryWindow = HistoryWindow.ALL,
    ): ChatConversation = ChatConversation(this, window, messages)

    /**
     * Creates a conversation with this agent from [saved], the JSON returned by [ChatConversation.save]. A conversation
     * of another agent can be loaded too.
     *
     * @throws IllegalArgumentException if [saved] is not a saved conversation, or was saved by a newer version of this
     * SDK; the message contains nothing of its content
     */
    @JvmOverloads
    public fun loadConversation(saved: String, window: HistoryWindow = HistoryWindow.ALL): ChatConversation =
        conversation(readHistory(saved), window)

    /**
     * Returns this agent as a tool for another agent, whose model writes the prompt.
     *
     * Each run is a new call without history. Cancelling the other agent's call cancels it. Its usage is added to the
     * other agent's usage. The other agent's model receives its failures as tool errors.
     *
     * @throws IllegalArgumentException if [name] or [description] is blank
     */
    public fun asTool(name: String, description: String): AgentTool = agentTool(this, name, description)

    /** Sends [request] as it is, without adding the agent's settings. */
    @JvmSynthetic
    internal suspend fun chat(request: ChatRequest): AgentResponse = loop.run(request)

    @JvmSynthetic
    internal fun stream(request: ChatRequest): Flow<AgentEvent> = loop.stream(request)

    @JvmSynthetic
    internal suspend fun <T> chat(request: ChatRequest, type: OutputType<T>): StructuredResponse<T> =
        inTurn { StructuredCall(model, request, type, structuredRetries).run(loop::run) }

    @JvmSynthetic
    internal fun <T> stream(message: Message, type: OutputType<T>): Flow<AgentEvent> =
        flow { emitAll(stream(request(message), type)) }

    @JvmSynthetic
    internal fun <T> stream(request: ChatRequest, type: OutputType<T>): Flow<AgentEvent> =
        structuredStream({ StructuredCall(model, request, type, structuredRetries) }, loop::stream)

    /** The agent's request with [messages] instead of its own; if [messages] is empty, with its own. */
    @JvmSynthetic
    internal fun request(messages: List<Message>): ChatRequest =
        if (messages.isEmpty()) template else template.toBuilder().messages(messages).build()

    override fun toString(): String = "ChatAgent($name on ${model.id})"

    /** Builds a [ChatAgent]. Later changes do not affect agents already built. Not thread-safe. */
    public class Builder internal constructor(private val model: ChatModel) : GenerationSettings.Setters<Builder>() {
        private var name: String? = null
        private var structuredRetries = 2
        private var systemPrompt: String? = null
        private val tools = LinkedHashMap<String, AgentTool>()
        private val offered = LinkedHashMap<String, ToolDefinition>()
        private var execution = ToolExecution.CONCURRENT
        private var maxToolRounds = DEFAULT_ROUNDS
        private var toolTimeout: Duration? = null

        /** Sets [ChatAgent.name]. */
        public fun name(name: String): Builder = apply { this.name = name }

        /** Sets the system prompt that is sent with every call. Null or blank: none, the default. */
        public fun systemPrompt(text: String?): Builder = apply { systemPrompt = text }

        /**
         * Adds a tool that the model may call and the agent runs.
         *
         * @throws IllegalArgumentException if a tool with its name was already added
         */
        public fun tool(tool: AgentTool): Builder = apply {
            checkName(tool.name)
            tools[tool.name] = tool
        }

        /** Adds [tools], as [tool] does. */
        public fun tools(tools: List<AgentTool>): Builder = apply { tools.forEach(::tool) }

        /** Adds [tools], as [tool] does. */
        public fun tools(vararg tools: AgentTool): Builder = tools(tools.asList())

        /**
         * Adds a tool that the model may call but the agent does not run. A response that calls it is the agent's
         * response: none of its tool calls is run, and the caller handles them.
         *
         * @throws IllegalArgumentException if a tool with its name was already added
         */
        public fun toolDefinition(tool: ToolDefinition): Builder = apply {
            checkName(tool.name)
            offered[tool.name] = tool
        }

        /** Sets how tools are run. Default: [ToolExecution.CONCURRENT]. */
        public fun toolExecution(execution: ToolExecution): Builder = apply { this.execution = execution }

        /**
         * Sets the limit of tool rounds in one call. Pauses of the model count as rounds. Default: 10.
         *
         * @throws IllegalArgumentException if [rounds] is below 1
         */
        public fun maxToolRounds(rounds: Int): Builder = apply {
            require(rounds >= 1) { "maxToolRounds must be at least 1: $rounds" }
            maxToolRounds = rounds
        }

        /**
         * Sets the timeout of one tool run, for tools that have no [AgentTool.timeout]. If a tool times out, the model
         * receives that as its result. Default: null, no timeout.
         *
         * @throws IllegalArgumentException if [timeout] is not positive
         */
        public fun toolTimeout(timeout: Duration?): Builder = apply {
            require(timeout.isNullOrPositive()) { "toolTimeout must be positive: $timeout" }
            toolTimeout = timeout
        }

        /**
         * Sets how many times the model is asked again if its response is not a valid object of the requested type.
         * Default: 2.
         *
         * @throws IllegalArgumentException if [retries] is negative
         */
        public fun structuredRetries(retries: Int): Builder = apply {
            require(retries >= 0) { "structuredRetries must not be negative: $retries" }
            structuredRetries = retries
        }

        /** Builds the agent. */
        public fun build(): ChatAgent =
            ChatAgent(model, name ?: model.id.toString(), template(), structuredRetries, loop())

        private fun template(): ChatRequest {
            val offers = tools.values.map { it.definition } + offered.values
            val request = ChatRequest.builder().settings(settings()).tools(offers)
            systemPrompt?.takeIf { it.isNotBlank() }?.let { request.system(it) }
            return request.build()
        }

        private fun loop() = ToolLoop(model, tools.values.toList(), execution, maxToolRounds, toolTimeout)

        private fun checkName(name: String) =
            require(name !in tools && name !in offered) { "The agent already has a tool named $name" }
    }

    /** Creates builders. */
    public companion object {
        private const val DEFAULT_ROUNDS = 10

        /** Returns a builder for an agent on [model]. */
        @JvmStatic
        public fun builder(model: ChatModel): Builder = Builder(model)
    }
}
