package dev.muster.chat

/** A tool that is offered to the model. */
public class ToolDefinition(
    /** The name the model calls it by. */
    @get:JvmName("name")
    public val name: String,
    /** What it does, in words for the model. */
    @get:JvmName("description")
    public val description: String,
    /** The JSON schema of its arguments: maps, lists, strings, numbers, booleans and nulls. */
    @get:JvmName("parameters")
    public val parameters: Map<String, Any?>,
) {
    override fun toString(): String = "ToolDefinition($name)"
}

/**
 * What is asked of a model. Immutable; checked where it is sent, not here. What is null or empty is left out of the
 * request, so that the provider's own default holds.
 */
public class ChatRequest private constructor(builder: Builder) {
    /** The conversation, oldest first. */
    @get:JvmName("messages")
    public val messages: List<Message> = builder.messages.toList()

    /** Sampling temperature. */
    @get:JvmName("temperature")
    public val temperature: Double? = builder.temperature

    /** Nucleus sampling. */
    @get:JvmName("topP")
    public val topP: Double? = builder.topP

    /** The most tokens the answer may have; an answer cut by it ends with [FinishReason.LENGTH]. */
    @get:JvmName("maxTokens")
    public val maxTokens: Int? = builder.maxTokens

    /** Texts at which the answer ends. */
    @get:JvmName("stop")
    public val stop: List<String> = builder.stop.toList()

    /** For repeatable sampling. A provider that has no seed refuses the request before anything is sent. */
    @get:JvmName("seed")
    public val seed: Long? = builder.seed

    /** How a reasoning model thinks. */
    @get:JvmName("reasoning")
    public val reasoning: Reasoning? = builder.reasoning

    /** The tools the model may call. They are offered, not run. */
    @get:JvmName("tools")
    public val tools: List<ToolDefinition> = builder.tools.toList()

    /** The form of the answer's text; null for free text. */
    @get:JvmName("responseFormat")
    public val responseFormat: ResponseFormat? = builder.responseFormat

    /** Whether the model may call [tools], or must; null: the provider's default, which is [ToolChoice.AUTO]. */
    @get:JvmName("toolChoice")
    public val toolChoice: ToolChoice? = builder.toolChoice

    /** Whether the model may ask for several tools in one answer; null: the provider's default. */
    @get:JvmName("parallelToolCalls")
    public val parallelToolCalls: Boolean? = builder.parallelToolCalls

    /**
     * Further fields for the top level of the request's JSON, for what the provider offers and this class does not:
     * values are maps, lists, strings, numbers, booleans and nulls.
     */
    @get:JvmName("extra")
    public val extra: Map<String, Any?> = builder.extra.toMap()

    /** A builder that starts from this request. */
    public fun toBuilder(): Builder = Builder()
        .messages(messages)
        .temperature(temperature)
        .topP(topP)
        .maxTokens(maxTokens)
        .stop(stop)
        .seed(seed)
        .reasoning(reasoning)
        .tools(tools)
        .responseFormat(responseFormat)
        .toolChoice(toolChoice)
        .parallelToolCalls(parallelToolCalls)
        .extra(extra)

    /** Says how much is asked, not what: prompts are private. */
    override fun toString(): String =
        "ChatRequest(${messages.size} messages, temperature=$temperature, maxTokens=$maxTokens, ${tools.size} tools)"

    /** Builds a [ChatRequest]. Not thread-safe. */
    public class Builder {
        @get:JvmSynthetic
        internal val messages = mutableListOf<Message>()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var temperature: Double? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var topP: Double? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var maxTokens: Int? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var stop: List<String> = emptyList()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var seed: Long? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var reasoning: Reasoning? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var tools: List<ToolDefinition> = emptyList()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var responseFormat: ResponseFormat? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var toolChoice: ToolChoice? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var parallelToolCalls: Boolean? = null

        @get:JvmSynthetic
        internal val extra = LinkedHashMap<String, Any?>()

        /** Replaces all messages. */
        public fun messages(messages: List<Message>): Builder = apply {
            this.messages.clear()
            this.messages += messages
        }

        /** Appends [message]. */
        public fun message(message: Message): Builder = apply { messages += message }

        /** Appends a system message. */
        public fun system(text: String): Builder = message(Message.system(text))

        /** Appends a user message. */
        public fun user(text: String): Builder = message(Message.user(text))

        /** Appends an assistant message. */
        public fun assistant(text: String): Builder = message(Message.assistant(text))

        /** Sets [ChatRequest.temperature]. */
        public fun temperature(temperature: Double?): Builder = apply { this.temperature = temperature }

        /** Sets [ChatRequest.topP]. */
        public fun topP(topP: Double?): Builder = apply { this.topP = topP }

        /** Sets [ChatRequest.maxTokens]. */
        public fun maxTokens(maxTokens: Int?): Builder = apply { this.maxTokens = maxTokens }

        /** Sets [ChatRequest.stop]. */
        public fun stop(stop: List<String>): Builder = apply { this.stop = stop }

        /** Sets [ChatRequest.seed]. */
        public fun seed(seed: Long?): Builder = apply { this.seed = seed }

        /** Sets [ChatRequest.reasoning]. */
        public fun reasoning(reasoning: Reasoning?): Builder = apply { this.reasoning = reasoning }

        /** Sets [ChatRequest.tools]. */
        public fun tools(tools: List<ToolDefinition>): Builder = apply { this.tools = tools }

        /** Sets [ChatRequest.responseFormat]. */
        public fun responseFormat(format: ResponseFormat?): Builder = apply { responseFormat = format }

        /** Sets [ChatRequest.toolChoice]. */
        public fun toolChoice(choice: ToolChoice?): Builder = apply { toolChoice = choice }

        /** Sets [ChatRequest.parallelToolCalls]. */
        public fun parallelToolCalls(allowed: Boolean?): Builder = apply { parallelToolCalls = allowed }

        /** Adds one field to [ChatRequest.extra]. */
        public fun extra(name: String, value: Any?): Builder = apply { extra[name] = value }

        /** Adds fields to [ChatRequest.extra]. */
        public fun extra(fields: Map<String, Any?>): Builder = apply { extra += fields }

        /** The request as set so far; the builder can be used on. */
        public fun build(): ChatRequest = ChatRequest(this)
    }

    /** Makes requests. */
    public companion object {
        /** An empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()

        /** A request of one user message. */
        @JvmStatic
        public fun of(prompt: String): ChatRequest = builder().user(prompt).build()
    }
}

/** Builds a request: `ChatRequest { system("Be brief."); user("Hi"); maxTokens(50) }`. */
@JvmSynthetic
public fun ChatRequest(build: ChatRequest.Builder.() -> Unit): ChatRequest = ChatRequest.builder().apply(build).build()
