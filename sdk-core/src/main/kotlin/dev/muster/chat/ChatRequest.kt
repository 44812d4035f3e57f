package dev.muster.chat

/** A tool offered to the model. */
public class ToolDefinition(
    /** The name by which the model calls the tool. */
    @get:JvmName("name")
    public val name: String,
    /** A description of the tool for the model. */
    @get:JvmName("description")
    public val description: String,
    /** The JSON schema of the arguments: maps, lists, strings, numbers, booleans and nulls. */
    @get:JvmName("parameters")
    public val parameters: Map<String, Any?>,
) {
    override fun toString(): String = "ToolDefinition($name)"
}

/**
 * A request to a chat model. Immutable.
 *
 * A request is validated when it is sent, not when it is built. A property that is null or empty is left out of the
 * request, so the provider's default applies.
 */
public class ChatRequest private constructor(builder: Builder) {
    /** The messages of the conversation, oldest first. */
    @get:JvmName("messages")
    public val messages: List<Message> = builder.messages.toList()

    /** The sampling temperature. */
    @get:JvmName("temperature")
    public val temperature: Double? = builder.temperature

    /** The probability mass for nucleus sampling. */
    @get:JvmName("topP")
    public val topP: Double? = builder.topP

    /** The maximum number of tokens in the response. A response cut off by this limit has [FinishReason.LENGTH]. */
    @get:JvmName("maxTokens")
    public val maxTokens: Int? = builder.maxTokens

    /** The stop sequences: the response ends at the first of them. */
    @get:JvmName("stop")
    public val stop: List<String> = builder.stop.toList()

    /**
     * The seed for repeatable sampling. A provider without this setting rejects the request before anything is sent.
     */
    @get:JvmName("seed")
    public val seed: Long? = builder.seed

    /** How much a reasoning model thinks. */
    @get:JvmName("reasoning")
    public val reasoning: Reasoning? = builder.reasoning

    /** The tools the model may call. They are offered to the model, not run. */
    @get:JvmName("tools")
    public val tools: List<ToolDefinition> = builder.tools.toList()

    /** The format of the response's text. Null: free text. */
    @get:JvmName("responseFormat")
    public val responseFormat: ResponseFormat? = builder.responseFormat

    /** Whether the model may or must call [tools]. Null: the provider's default, which is [ToolChoice.AUTO]. */
    @get:JvmName("toolChoice")
    public val toolChoice: ToolChoice? = builder.toolChoice

    /** Whether the model may request several tool calls in one response. Null: the provider's default. */
    @get:JvmName("parallelToolCalls")
    public val parallelToolCalls: Boolean? = builder.parallelToolCalls

    /**
     * Additional top-level fields of the request's JSON, for provider options that this class does not have. Values
     * are maps, lists, strings, numbers, booleans and nulls.
     */
    @get:JvmName("extra")
    public val extra: Map<String, Any?> = builder.extra.toMap()

    /** Returns a builder with the values of this request. */
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

    /** Omits the prompts, which are private. */
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

        /** Adds [fields] to [ChatRequest.extra]. */
        public fun extra(fields: Map<String, Any?>): Builder = apply { extra += fields }

        /** Returns the request. The builder can be used again. */
        public fun build(): ChatRequest = ChatRequest(this)
    }

    /** Creates requests. */
    public companion object {
        /** Returns an empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()

        /** Returns a request with one user message. */
        @JvmStatic
        public fun of(prompt: String): ChatRequest = builder().user(prompt).build()
    }
}

/** Builds a request: `ChatRequest { system("Be brief."); user("Hi"); maxTokens(50) }`. */
@JvmSynthetic
public fun ChatRequest(build: ChatRequest.Builder.() -> Unit): ChatRequest = ChatRequest.builder().apply(build).build()
