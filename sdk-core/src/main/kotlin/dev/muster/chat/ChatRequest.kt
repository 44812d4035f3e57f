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
 *
 * [settings] holds the generation settings. Each of them is also a property of the request, as it is a setter of the
 * builder.
 */
public class ChatRequest private constructor(
    builder: Builder,
    /** How the model writes its response: temperature, token limit and more. */
    @get:JvmName("settings")
    public val settings: GenerationSettings,
) {
    /** The messages of the conversation, oldest first. */
    @get:JvmName("messages")
    public val messages: List<Message> = builder.messages.toList()

    /** The tools the model may call. They are offered to the model, not run. */
    @get:JvmName("tools")
    public val tools: List<ToolDefinition> = builder.tools.toList()

    /** The format of the response's text. Null: free text. */
    @get:JvmName("responseFormat")
    public val responseFormat: ResponseFormat? = builder.responseFormat

    /** See [GenerationSettings.temperature]. */
    @get:JvmName("temperature")
    public val temperature: Double? get() = settings.temperature

    /** See [GenerationSettings.topP]. */
    @get:JvmName("topP")
    public val topP: Double? get() = settings.topP

    /** See [GenerationSettings.maxTokens]. */
    @get:JvmName("maxTokens")
    public val maxTokens: Int? get() = settings.maxTokens

    /** See [GenerationSettings.stop]. */
    @get:JvmName("stop")
    public val stop: List<String> get() = settings.stop

    /** See [GenerationSettings.seed]. */
    @get:JvmName("seed")
    public val seed: Long? get() = settings.seed

    /** See [GenerationSettings.reasoning]. */
    @get:JvmName("reasoning")
    public val reasoning: Reasoning? get() = settings.reasoning

    /** See [GenerationSettings.toolChoice]. */
    @get:JvmName("toolChoice")
    public val toolChoice: ToolChoice? get() = settings.toolChoice

    /** See [GenerationSettings.parallelToolCalls]. */
    @get:JvmName("parallelToolCalls")
    public val parallelToolCalls: Boolean? get() = settings.parallelToolCalls

    /** See [GenerationSettings.extra]. */
    @get:JvmName("extra")
    public val extra: Map<String, Any?> get() = settings.extra

    /** Returns a builder with the values of this request. */
    public fun toBuilder(): Builder = Builder()
        .settings(settings)
        .messages(messages)
        .tools(tools)
        .responseFormat(responseFormat)

    /** Returns this request with [settings] instead of its own. */
    @JvmSynthetic
    internal fun withOnly(settings: GenerationSettings): ChatRequest = ChatRequest(toBuilder(), settings)

    /** Omits the prompts, which are private. */
    override fun toString(): String = "ChatRequest(${messages.size} messages, ${tools.size} tools, $settings)"

    /** Builds a [ChatRequest]. Not thread-safe. */
    public class Builder : GenerationSettings.Setters<Builder>() {
        @get:JvmSynthetic
        internal val messages = mutableListOf<Message>()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var tools: List<ToolDefinition> = emptyList()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var responseFormat: ResponseFormat? = null

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

        /** Sets [ChatRequest.tools]. */
        public fun tools(tools: List<ToolDefinition>): Builder = apply { this.tools = tools }

        /** Sets [ChatRequest.responseFormat]. */
        public fun responseFormat(format: ResponseFormat?): Builder = apply { responseFormat = format }

        /** Returns the request. The builder can be used again. */
        public fun build(): ChatRequest = ChatRequest(this, settings())
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
