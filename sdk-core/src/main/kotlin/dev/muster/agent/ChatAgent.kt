package dev.muster.agent

import dev.muster.agent.internal.StructuredCall
import dev.muster.agent.internal.ToolLoop
import dev.muster.agent.internal.agentTool
import dev.muster.agent.internal.inTurn
import dev.muster.agent.internal.readHistory
import dev.muster.agent.internal.structuredStream
import dev.muster.chat.ChatModel
import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ToolChoice
import dev.muster.chat.ToolDefinition
import dev.muster.error.IncompleteAnswerException.Companion.textOf
import kotlinx.coroutines.flow.Flow
import java.time.Duration

/**
 * A model with a role: a system prompt, settings and tools that every call carries. Stateless: calls share nothing, and
 * any number may run at once.
 *
 * Where the model calls tools, they are run, the model is told what came of it and asked again, until it answers. A
 * tool that fails, takes too long, does not exist or is given wrong arguments is a result that says so to the model.
 * Where the model pauses, because the provider's own tools take long, its answer is sent back and it goes on. Each time
 * the model is asked is a call with the client's limits, time limits and retries of its own; a tool is never run again
 * by a retry. Cancelling a call cancels the tools that run for it, and so does closing the client.
 *
 * ```kotlin
 * val agent = client.agent("ollama::gemma3:latest") { systemPrompt("Be concise.") }
 * val answers = gather(listOf("What is 2 + 2?", "Who wrote Hamlet?")) { agent.ask(it) }
 * println(answers)
 * ```
 */
public class ChatAgent private constructor(builder: Builder) {
    /** The model that answers. */
    public val model: ChatModel = builder.model

    /** The agent's name, for people; the model does not see it. */
    public val name: String = builder.name ?: model.id.toString()

    private val template: ChatRequest = builder.template()
    private val structuredRetries: Int = builder.structuredRetries
    private val loop: ToolLoop = builder.loop()

    /** The text of the answer to [prompt]. */
    public suspend fun ask(prompt: String): String = textOf(chat(prompt).response)

    /**
     * The whole answer to [prompt], tools run.
     *
     * @throws dev.muster.error.ToolLoopLimitException where the model asks for tools, or pauses, in more rounds than
     * allowed
     * @throws dev.muster.error.LlmException where no whole answer came; its usage is that of all rounds
     */
    public suspend fun chat(prompt: String): AgentResponse = chat(request(prompt))

    /** The answer to [prompt] as an object; see [chat]. */
    public suspend fun <T> ask(prompt: String, type: OutputType<T>): T = chat(prompt, type).value

    /**
     * The answer to [prompt] as an object, and how it came about. The model is held to the type's schema by its
     * provider where that can be, else by a tool or by words: see [ChatModel.structuredOutput]. An answer that does not
     * fit is shown to the model with what is wrong, [Builder.structuredRetries] times; one that the token limit or a
     * filter has cut is not.
     *
     * @throws dev.muster.error.StructuredOutputException where no try gave one
     * @throws dev.muster.error.LlmException where no whole answer came
     */
    public suspend fun <T> chat(prompt: String, type: OutputType<T>): StructuredResponse<T> =
        chat(request(prompt), type)

    @JvmSynthetic
    internal suspend fun <T> chat(request: ChatRequest, type: OutputType<T>): StructuredResponse<T> =
        inTurn { StructuredCall(model, request, type, structuredRetries).run(loop::run) }

    /**
     * The answer to [prompt] as it is written, through all rounds of tools. Cold, as [ChatModel.stream]: a collector
     * that leaves early closes the exchange and cancels the tools that run.
     */
    public fun stream(prompt: String): Flow<AgentEvent> = stream(request(prompt))

    /**
     * The answer to [prompt] as it is written, as [stream] gives it, with the object that it is in the last event; see
     * [chat]. The text of an answer that does not fit has flowed when the model is asked again.
     */
    public fun <T> stream(prompt: String, type: OutputType<T>): Flow<AgentEvent> = stream(request(prompt), type)

    /** What the agent sends for [prompt]. */
    public fun request(prompt: String): ChatRequest = template.toBuilder().user(prompt).build()

    /**
     * A conversation with this agent, which goes on from [messages].
     *
     * @param window how much of its history each turn sends; all of it by default
     */
    @JvmOverloads
    public fun conversation(
        messages: List<Message> = emptyList(),
        window: HistoryWindow = HistoryWindow.ALL,
    ): ChatConversation = ChatConversation(this, window, messages)

    /**
     * The conversation that [saved] is, which [ChatConversation.save] has given, by whichever agent.
     *
     * @throws IllegalArgumentException where it is none, or was saved by a newer version of this SDK; the message
     * repeats nothing of it
     */
    @JvmOverloads
    public fun loadConversation(saved: String, window: HistoryWindow = HistoryWindow.ALL): ChatConversation =
        conversation(readHistory(saved), window)

    /**
     * This agent as a tool of another one, which writes the prompt. Each run is a call of its own: it remembers
     * nothing. Where the other agent's call is cancelled, it is; what it uses counts into the other one's usage. Its
     * failures are told to the other's model, as those of all tools.
     *
     * @throws IllegalArgumentException where [name] or [description] is blank
     */
    public fun asTool(name: String, description: String): AgentTool = agentTool(this, name, description)

    /** [request], all of it, with nothing of the agent's added. */
    @JvmSynthetic
    internal suspend fun chat(request: ChatRequest): AgentResponse = loop.run(request)

    @JvmSynthetic
    internal fun stream(request: ChatRequest): Flow<AgentEvent> = loop.stream(request)

    @JvmSynthetic
    internal fun <T> stream(request: ChatRequest, type: OutputType<T>): Flow<AgentEvent> =
        structuredStream({ StructuredCall(model, request, type, structuredRetries) }, loop::stream)

    /** The agent's settings with [messages]; without any, its own. */
    @JvmSynthetic
    internal fun request(messages: List<Message>): ChatRequest =
        if (messages.isEmpty()) template else template.toBuilder().messages(messages).build()

    override fun toString(): String = "ChatAgent($name on ${model.id})"

    /** Builds a [ChatAgent]; changing it later leaves agents already built as they are. Not thread-safe. */
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

        /** Sets the instructions that stand above every call. */
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
         * Adds a tool for the model to call.
         *
         * @throws IllegalArgumentException where another one has its name
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
         * Offers a tool that the agent does not run: an answer that calls it ends the rounds, with none of its calls
         * run.
         *
         * @throws IllegalArgumentException where another one has its name
         */
        public fun offer(tool: ToolDefinition): Builder = apply {
            checkName(tool.name)
            offered[tool.name] = tool
        }

        /** How tools are run; by default those of one answer at the same time. */
        public fun toolExecution(execution: ToolExecution): Builder = apply { this.execution = execution }

        /** In how many rounds tools may be run for one call, pauses of the model counted; 10 by default. */
        public fun maxToolRounds(rounds: Int): Builder = apply {
            require(rounds >= 1) { "maxToolRounds must be at least 1: $rounds" }
            maxToolRounds = rounds
        }

        /**
         * How long a run of a tool may take that has no timeout of its own; null, the default, for as long as it likes.
         * The model is told of one that is passed.
         */
        public fun toolTimeout(timeout: Duration?): Builder = apply {
            require(timeout.isNullOrPositive()) { "toolTimeout must be positive: $timeout" }
            toolTimeout = timeout
        }

        /** Sets [ChatRequest.toolChoice] of the first round; after it a model is free to answer. */
        public fun toolChoice(choice: ToolChoice?): Builder = apply { settings.toolChoice(choice) }

        /** Sets [ChatRequest.parallelToolCalls]. */
        public fun parallelToolCalls(allowed: Boolean?): Builder = apply { settings.parallelToolCalls(allowed) }

        /**
         * How often an answer that is no object of the type it was asked for is shown to the model and asked for again;
         * 2 by default.
         */
        public fun structuredRetries(retries: Int): Builder = apply {
            require(retries >= 0) { "structuredRetries must not be negative: $retries" }
            structuredRetries = retries
        }

        /** Adds one field to [ChatRequest.extra]. */
        public fun extra(field: String, value: Any?): Builder = apply { settings.extra(field, value) }

        /** The agent as set so far. */
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
            require(name !in tools && name !in offered) { "There are two tools named $name" }
    }

    /** Makes agents. */
    public companion object {
        private const val DEFAULT_ROUNDS = 10

        /** A builder of an agent on [model]. */
        @JvmStatic
        public fun builder(model: ChatModel): Builder = Builder(model)
    }
}
