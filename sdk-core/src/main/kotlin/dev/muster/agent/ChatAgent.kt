package dev.muster.agent

import dev.muster.agent.internal.StructuredCall
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatModel
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.HasUsage
import dev.muster.chat.ToolDefinition
import dev.muster.chat.Usage
import kotlinx.coroutines.flow.Flow

/**
 * A model with a role: a system prompt and settings that every call carries. Stateless: calls share nothing, and any
 * number may run at once.
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

    /** The text of the answer to [prompt]. */
    public suspend fun ask(prompt: String): String = chat(prompt).text

    /**
     * The whole answer to [prompt].
     *
     * @throws dev.muster.error.LlmException where no whole answer came
     */
    public suspend fun chat(prompt: String): AgentResponse = AgentResponse(model.chat(request(prompt)))

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

    internal suspend fun <T> chat(request: ChatRequest, type: OutputType<T>): StructuredResponse<T> =
        StructuredCall(model, request, type, structuredRetries).run { AgentResponse(model.chat(it)) }

    /** The answer to [prompt] as it is written; see [ChatModel.stream]. */
    public fun stream(prompt: String): Flow<ChatEvent> = model.stream(request(prompt))

    /** What the agent sends for [prompt]. */
    public fun request(prompt: String): ChatRequest = template.toBuilder().user(prompt).build()

    override fun toString(): String = "ChatAgent($name on ${model.id})"

    /** Builds a [ChatAgent]; changing it later leaves agents already built as they are. Not thread-safe. */
    public class Builder internal constructor(internal val model: ChatModel) {
        internal var name: String? = null
        internal var structuredRetries: Int = 2
        private var systemPrompt: String? = null
        private val settings = ChatRequest.builder()

        /** Sets [ChatAgent.name]. */
        public fun name(name: String): Builder = apply { this.name = name }

        /** Sets the instructions that stand above every call. */
        public fun systemPrompt(text: String?): Builder = apply { systemPrompt = text }

        /** Sets [ChatRequest.temperature]. */
        public fun temperature(temperature: Double?): Builder = apply { settings.temperature(temperature) }

        /** Sets [ChatRequest.maxTokens]. */
        public fun maxTokens(maxTokens: Int?): Builder = apply { settings.maxTokens(maxTokens) }

        /** Sets [ChatRequest.tools]. They are offered, not run. */
        public fun tools(tools: List<ToolDefinition>): Builder = apply { settings.tools(tools) }

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

        internal fun template(): ChatRequest {
            val request = settings.build().toBuilder()
            systemPrompt?.takeIf { it.isNotBlank() }?.let { request.system(it) }
            return request.build()
        }
    }

    /** Makes agents. */
    public companion object {
        /** A builder of an agent on [model]. */
        @JvmStatic
        public fun builder(model: ChatModel): Builder = Builder(model)
    }
}

/** What an agent answers. */
public class AgentResponse(
    /** The model's last answer. */
    @get:JvmName("response")
    public val response: ChatResponse,
) : HasUsage {
    /** The answer's text. */
    @get:JvmName("text")
    public val text: String get() = response.text

    /** Why the answer ended. */
    @get:JvmName("finishReason")
    public val finishReason: FinishReason get() = response.finishReason

    override fun usage(): Usage? = response.usage()

    override fun toString(): String = "AgentResponse($response)"
}
