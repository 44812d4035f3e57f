package dev.muster.chat

import java.time.Duration

/** Why an answer ended. */
public enum class FinishReason {
    /** The model had said all. */
    STOP,

    /** The token limit cut the answer: a value, not an error. */
    LENGTH,

    /** The model wants tools run. */
    TOOL_CALLS,

    /** The provider held back the rest. */
    CONTENT_FILTER,

    /**
     * The model has not said all: the provider's own tools took long, and it wants the answer sent back to go on.
     * Agents do so by themselves; who asks a model without one adds [ChatResponse.toMessage] and asks again.
     */
    PAUSED,

    /** A reason this version does not know: see [ChatResponse.rawFinishReason]. */
    OTHER,
}

/** A whole answer. Immutable; `toString` leaves the text out. */
public class ChatResponse private constructor(builder: Builder) : HasUsage {
    /** The answer; empty where the model only calls tools. */
    @get:JvmName("text")
    public val text: String = builder.text

    /** The model's reasoning, kept apart from [text]; null where none was sent. */
    @get:JvmName("reasoning")
    public val reasoning: String? = builder.reasoning

    /**
     * The blocks of reasoning that have to go back to the model with the results of its tools; empty where the provider
     * asks for none. [toMessage] takes them along.
     */
    @get:JvmName("reasoningParts")
    public val reasoningParts: List<ContentPart.Reasoning> = builder.reasoningParts.toList()

    /**
     * What the answer holds besides text, reasoning and calls, in the provider's own words: images, audio, the work of
     * the provider's own tools. Empty in most answers. [toMessage] takes them along.
     */
    @get:JvmName("opaqueParts")
    public val opaqueParts: List<ContentPart.Opaque> = builder.opaqueParts.toList()

    /** The tools the model wants run, in its order. */
    @get:JvmName("toolCalls")
    public val toolCalls: List<ToolCall> = builder.toolCalls.toList()

    /** Why the answer ended. */
    @get:JvmName("finishReason")
    public val finishReason: FinishReason = builder.finishReason

    /** The provider's own word for [finishReason], where it sent one. */
    @get:JvmName("rawFinishReason")
    public val rawFinishReason: String? = builder.rawFinishReason

    private val usage: Usage? = builder.usage

    /** The model that answered, as the provider names it. */
    @get:JvmName("model")
    public val model: String = builder.model

    /** The id of the provider that answered. */
    @get:JvmName("provider")
    public val provider: String = builder.provider

    /** The provider's id of the exchange, for a support ticket. */
    @get:JvmName("requestId")
    public val requestId: String? = builder.requestId

    /** From the call to the whole answer. */
    @get:JvmName("latency")
    public val latency: Duration = builder.latency

    /** The body as it came; null for a streamed answer. */
    @get:JvmName("rawJson")
    public val rawJson: String? = builder.rawJson

    /** A builder that starts from this response. */
    public fun toBuilder(): Builder = Builder()
        .text(text)
        .reasoning(reasoning)
        .reasoningParts(reasoningParts)
        .opaqueParts(opaqueParts)
        .toolCalls(toolCalls)
        .finish(finishReason, rawFinishReason)
        .usage(usage)
        .model(model)
        .provider(provider)
        .requestId(requestId)
        .latency(latency)
        .rawJson(rawJson)

    /** The answer as the assistant's message, for the request that goes on with the conversation. */
    public fun toMessage(): Message {
        val said = if (text.isEmpty()) emptyList() else listOf(ContentPart.Text(text))
        return Message.assistant(reasoningParts + opaqueParts + said, toolCalls)
    }

    override fun usage(): Usage? = usage

    override fun toString(): String =
        "ChatResponse($provider::$model, ${text.length} chars, ${toolCalls.size} tool calls, $finishReason, $usage, " +
            "requestId=$requestId, latency=$latency)"

    /** Builds a [ChatResponse]. Not thread-safe. */
    public class Builder {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var text: String = ""

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var reasoning: String? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var reasoningParts: List<ContentPart.Reasoning> = emptyList()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var opaqueParts: List<ContentPart.Opaque> = emptyList()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var toolCalls: List<ToolCall> = emptyList()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var finishReason: FinishReason = FinishReason.STOP

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var rawFinishReason: String? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var usage: Usage? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var model: String = ""

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var provider: String = ""

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var requestId: String? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var latency: Duration = Duration.ZERO

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var rawJson: String? = null

        /** Sets [ChatResponse.text]. */
        public fun text(text: String): Builder = apply { this.text = text }

        /** Sets [ChatResponse.reasoning]. */
        public fun reasoning(reasoning: String?): Builder = apply { this.reasoning = reasoning }

        /** Sets [ChatResponse.reasoningParts]. */
        public fun reasoningParts(parts: List<ContentPart.Reasoning>): Builder = apply { reasoningParts = parts }

        /** Sets [ChatResponse.opaqueParts]. */
        public fun opaqueParts(parts: List<ContentPart.Opaque>): Builder = apply { opaqueParts = parts }

        /** Sets [ChatResponse.toolCalls]. */
        public fun toolCalls(toolCalls: List<ToolCall>): Builder = apply { this.toolCalls = toolCalls }

        /** Sets [ChatResponse.finishReason] and [ChatResponse.rawFinishReason]. */
        public fun finish(reason: FinishReason, raw: String?): Builder = apply {
            finishReason = reason
            rawFinishReason = raw
        }

        /** Sets [ChatResponse.usage]. */
        public fun usage(usage: Usage?): Builder = apply { this.usage = usage }

        /** Sets [ChatResponse.model]. */
        public fun model(model: String): Builder = apply { this.model = model }

        /** Sets [ChatResponse.provider]. */
        public fun provider(provider: String): Builder = apply { this.provider = provider }

        /** Sets [ChatResponse.requestId]. */
        public fun requestId(requestId: String?): Builder = apply { this.requestId = requestId }

        /** Sets [ChatResponse.latency]. */
        public fun latency(latency: Duration): Builder = apply { this.latency = latency }

        /** Sets [ChatResponse.rawJson]. */
        public fun rawJson(rawJson: String?): Builder = apply { this.rawJson = rawJson }

        /** The response as set so far. */
        public fun build(): ChatResponse = ChatResponse(this)
    }

    /** Makes responses. */
    public companion object {
        /** An empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
