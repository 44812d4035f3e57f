package dev.muster.chat

import java.time.Duration

/** Why the model stopped. */
public enum class FinishReason {
    /** The model finished its response. */
    STOP,

    /** The token limit cut off the response. This is a value, not an error. */
    LENGTH,

    /** The model requests tool calls. */
    TOOL_CALLS,

    /** The provider's content filter cut off the response. */
    CONTENT_FILTER,

    /**
     * The response is not finished: the provider's own tools need more time, and the provider wants the response sent
     * back before it continues.
     *
     * Agents do this themselves. Without an agent, append [ChatResponse.toMessage] to the messages and send the
     * request again.
     */
    PAUSED,

    /** A reason this version does not know. See [ChatResponse.rawFinishReason]. */
    OTHER,
}

/** A complete response. Immutable. `toString` omits the text. */
public class ChatResponse private constructor(builder: Builder) : HasUsage() {
    /** The response's text. Empty if the model only calls tools. */
    @get:JvmName("text")
    public val text: String = builder.text

    /** The model's reasoning, which is not part of [text]. Null if the provider sent none. */
    @get:JvmName("reasoning")
    public val reasoning: String? = builder.reasoning

    /**
     * The blocks of reasoning that must go back to the model together with the results of its tool calls. Empty if the
     * provider requires none. [toMessage] includes them.
     */
    @get:JvmName("reasoningParts")
    public val reasoningParts: List<ContentPart.Reasoning> = builder.reasoningParts.toList()

    /**
     * The parts of the response that are neither text, reasoning nor tool calls, in the provider's JSON: images,
     * audio, the work of the provider's own tools. Usually empty. [toMessage] includes them.
     */
    @get:JvmName("opaqueParts")
    public val opaqueParts: List<ContentPart.Opaque> = builder.opaqueParts.toList()

    /** The tool calls the model requests, in the model's order. */
    @get:JvmName("toolCalls")
    public val toolCalls: List<ToolCall> = builder.toolCalls.toList()

    /** Why the model stopped. */
    @get:JvmName("finishReason")
    public val finishReason: FinishReason = builder.finishReason

    /** The provider's value for [finishReason], or null if it sent none. */
    @get:JvmName("rawFinishReason")
    public val rawFinishReason: String? = builder.rawFinishReason

    private val reported: Usage? = builder.usage

    /** The name of the model that answered, as the provider reports it. */
    @get:JvmName("model")
    public val model: String = builder.model

    /** The id of the provider that answered. */
    @get:JvmName("provider")
    public val provider: String = builder.provider

    /** The provider's id of the request, for a support ticket. */
    @get:JvmName("requestId")
    public val requestId: String? = builder.requestId

    /** The time from the start of the call to the complete response. */
    @get:JvmName("latency")
    public val latency: Duration = builder.latency

    /** The response's body, unchanged. Null for a streamed response. */
    @get:JvmName("rawJson")
    public val rawJson: String? = builder.rawJson

    /** Returns a builder with the values of this response. */
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

    /** Returns this response as an assistant message, for the next request of the conversation. */
    public fun toMessage(): Message {
        val said = if (text.isEmpty()) emptyList() else listOf(ContentPart.Text(text))
        return Message.assistant(reasoningParts + opaqueParts + said, toolCalls)
    }

    @JvmSynthetic
    override fun reported(): Usage? = reported

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

        /** Returns the response. */
        public fun build(): ChatResponse = ChatResponse(this)
    }

    /** Creates responses. */
    public companion object {
        /** Returns an empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
