package dev.muster.agent

import dev.muster.agent.internal.StructuredCall
import dev.muster.agent.internal.ToolLoop
import dev.muster.agent.internal.agentTool
import dev.muster.agent.internal.inTurn
import dev.muster.agent.internal.readHistory
import dev.muster.agent.internal.structuredStream
import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ToolChoice
import dev.muster.chat.ToolDefinition
import dev.muster.error.IncompleteAnswerException.Companion.textOf
import dev.muster.model.ChatModel
import kotlinx.coroutines.flow.Flow
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
public class ChatAgent private constructor(builder: Builder) {
    /** The model that the agent asks. */
    public val model: ChatModel = builder.model

    /** The agent's name, for logs and users. The model does not see it. Default: the model's id. */
    public val name: String = builder.name ?: model.id.toString()

    private val template: ChatRequest = builder.template()
    private val structuredRetries: Int = builder.structuredRetries
    private val loop: ToolLoop = builder.loop()

    /**
     * Sends [prompt], runs the tools that the model calls, and returns the text of the last response.
     *
     * @throws dev.muster.error.IncompleteAnswerException if the response has no text, only other content such as an
     *   image
     * @throws dev.muster.error.ToolLoopLimitException if the model calls tools or pauses in more rounds than
     * [Builder.maxToolRounds] allows
     * @throws dev.muster.error.LlmException if the call failed
     */
    public suspend fun ask(prompt: String): String = textOf(chat(prompt).response)

    /**
     * Sends [prompt], runs the tools that the model calls, and returns the whole response.
     *
     * @throws dev.muster.error.ToolLoopLimitException if the model calls tools or pauses in more rounds than
     * [Builder.maxToolRounds] allows
     * @throws dev.muster.error.LlmException if the call failed; its usage is the sum of all rounds
     */
    public suspend fun chat(prompt: String): AgentResponse = chat(request(prompt))

    /** Sends [prompt] and returns the response as an object of [type]; see [chat]. */
    public suspend fun <T> ask(prompt: String, type: OutputType<T>): T = chat(prompt, type).value

    /**
     * Sends [prompt] and returns the response as an object of [type], with its tool runs, rounds and usage.
     *
     * If the provider can, it enforces the schema of [type]. Otherwise the model is asked through a tool or an
     * instruction: see [ChatModel.structuredOutput]. If the response is not valid, the model is asked again with the
     * validation error, up to [Builder.structuredRetries] times. A response that was cut off by the token limit or a
     * content filter is not retried.
     *
     * @throws dev.muster.error.StructuredOutputException if no response was valid
     * @throws dev.muster.error.LlmException if the call failed
     */
    public suspend fun <T> chat(prompt: String, type: OutputType<T>): StructuredResponse<T> =
        chat(request(prompt), type)

    @JvmSynthetic
    internal suspend fun <T> chat(request: ChatRequest, type: OutputType<T>): StructuredResponse<T> =
        inTurn { StructuredCall(model, request, type, structuredRetries).run(loop::run) }

    /**
     * Streams the response to [prompt], through all tool rounds. The flow is cold, as [ChatModel.stream]: each
     * collection sends a new request. Cancelling the collection closes the HTTP exchange and cancels the running tools.
     */
    public fun stream(prompt: String): Flow<AgentEvent> = stream(request(prompt))

    /**
     * Streams the response to [prompt]; the last event holds the response as an object of [type]. See [chat]. If the
     * model is asked again because a response was not valid, the text of that response has already been emitted.
     */
    public fun <T> stream(prompt: String, type: OutputType<T>): Flow<AgentEvent> = stream(request(prompt), type)

    /** Returns the first request that the agent sends for [prompt]. Sends nothing. */
    public fun request(prompt: String): ChatRequest = template.toBuilder().user(prompt).build()

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
    internal fun <T> stream(request: ChatRequest, type: OutputType<T>): Flow<AgentEvent> =
        structuredStream({ StructuredCall(model, request, type, structuredRetries) }, loop::stream)

    /** The agent's request with [messages] instead of its own; if [messages] is empty, with its own. */
    @JvmSynthetic
    internal fun request(messages: List<Message>): ChatRequest =
        if (messages.isEmpty()) template else template.toBuilder().messages(messages).build()

    override fun toString(): String = "ChatAgent($name on ${model.id})"

    /** Builds a [ChatAgent]. Later changes do not affect agents already built. Not thread-safe. */
    @Suppress("TooManyFunctions") // One for each setting.
    public class Builder internal constructor(@get:JvmSynthetic internal val model: ChatModel) {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var name: String? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var structuredRetries: Int = 2
        private var systemPrompt: String? = null
        private val settings = ChatRequest.builder()
        private val tools = LinkedHashMap<String, AgentTool>()
        private val offered = LinkedHashMap<String, ToolDefinition>()
        private var execution = ToolExecution.CONCURRENT
        private var maxToolRounds = DEFAULT_ROUNDS
        private var toolTimeout: Duration? = null

        /** Sets [ChatAgent.name]. */
        public fun name(name: String): Builder = apply { this.name = name }

        /** Sets the system prompt that is sent with every call. Null or blank: none, the default. */
        public fun systemPrompt(text: String?): Builder = apply { systemPrompt = text }

        /** Sets [ChatRequest.temperature]. */
        public fun temperature(temperature: Double?): Builder = apply { settings.temperature(temperature) }

        /** Sets [ChatRequest.topP]. */
        public fun topP(topP: Double?): Builder = apply { settings.topP(topP) }

        /** Sets [ChatRequest.maxTokens]. */
        public fun maxTokens(maxTokens: Int?): Builder = apply { settings.maxTokens(maxTokens) }

        /** Sets [ChatRequest.stop]. */
        public fun stop(stop: List<String>): Builder = apply { settings.stop(stop) }

        /** Sets [ChatRequest.seed]. */
        public fun seed(seed: Long?): Builder = apply { settings.seed(seed) }

        /** Sets [ChatRequest.reasoning]. */
        public fun reasoning(reasoning: Reasoning?): Builder = apply { settings.reasoning(reasoning) }

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
        public fun offer(tool: ToolDefinition): Builder = apply {
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

        /** Sets [ChatRequest.toolChoice] for the first round. In later rounds only [ToolChoice.NONE] stays in force. */
        public fun toolChoice(choice: ToolChoice?): Builder = apply { settings.toolChoice(choice) }

        /** Sets [ChatRequest.parallelToolCalls]. */
        public fun parallelToolCalls(allowed: Boolean?): Builder = apply { settings.parallelToolCalls(allowed) }

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

        /** Adds one field to [ChatRequest.extra]. */
        public fun extra(field: String, value: Any?): Builder = apply { settings.extra(field, value) }

        /** Builds the agent. */
        public fun build(): ChatAgent = ChatAgent(this)

        @JvmSynthetic
        internal fun template(): ChatRequest {
            val request = settings.build().toBuilder().tools(tools.values.map { it.definition } + offered.values)
            systemPrompt?.takeIf { it.isNotBlank() }?.let { request.system(it) }
            return request.build()
        }

        @JvmSynthetic
        internal fun loop() = ToolLoop(model, tools.values.toList(), execution, maxToolRounds, toolTimeout)

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
