package dev.muster.error

import dev.muster.chat.Usage
import java.time.Duration

/**
 * A call to a model did not give an answer. The subclass says what to do next; more kinds may come.
 *
 * No message holds a key or a prompt.
 */
public abstract class LlmException internal constructor(message: String, context: ErrorContext, cause: Throwable?) :
    RuntimeException(message, cause) {
    /** What is added to the message, in brackets, when more is known than at the time of the failure. */
    @get:JvmSynthetic
    @set:JvmSynthetic
    internal var note: String? = null

    /** What failed, why, and what to do. */
    override val message: String? get() = note?.let { "${super.message} ($it)" } ?: super.message

    /** Where it happened. */
    @get:JvmName("context")
    public var context: ErrorContext = context
        @JvmSynthetic
        internal set

    /** Whether sending the same request again may help: what the provider advises, else what the class says. */
    public abstract val isRetryable: Boolean

    /** The answer's text that had arrived before the failure; null where none had. */
    @get:JvmName("partialText")
    public var partialText: String? = null
        @JvmSynthetic
        internal set

    /** The usage the provider had sent before the failure; null where it had sent none. */
    @get:JvmName("partialUsage")
    public var partialUsage: Usage? = null
        @JvmSynthetic
        internal set

    /** The provider's id. */
    @get:JvmName("provider")
    public val provider: String? get() = context.provider

    /** The model that was asked. */
    @get:JvmName("model")
    public val model: String? get() = context.model

    /** The HTTP status of the answer. */
    @get:JvmName("status")
    public val status: Int? get() = context.status

    /** The provider's own error code. */
    @get:JvmName("code")
    public val code: String? get() = context.code

    /** The provider's id of the exchange, for a support ticket. */
    @get:JvmName("requestId")
    public val requestId: String? get() = context.requestId

    /** How long the provider asks to wait before another attempt; null where it did not say. */
    @get:JvmName("retryAfter")
    public val retryAfter: Duration? get() = context.retryAfter

    /** How many attempts were made; this is the failure of the last, with the earlier ones suppressed in it. */
    @get:JvmName("attempts")
    public val attempts: Int? get() = context.attempts
}

/** Where a failure happened; each part is null where it does not apply. */
public class ErrorContext private constructor(builder: Builder) {
    /** The provider's id. */
    @get:JvmName("provider")
    public val provider: String? = builder.provider

    /** The model that was asked. */
    @get:JvmName("model")
    public val model: String? = builder.model

    /** The HTTP status. */
    @get:JvmName("status")
    public val status: Int? = builder.status

    /** The provider's own error code. */
    @get:JvmName("code")
    public val code: String? = builder.code

    /** The provider's id of the exchange. */
    @get:JvmName("requestId")
    public val requestId: String? = builder.requestId

    /** How many attempts were made. */
    @get:JvmName("attempts")
    public val attempts: Int? = builder.attempts

    /** How long the provider asks to wait before another attempt. */
    @get:JvmName("retryAfter")
    public val retryAfter: Duration? = builder.retryAfter

    /**
     * Whether the server gave no sign of having taken the request, so that the first retry needs no back-off: the
     * request went out on a connection kept from an earlier one and found dead at once, or an HTTP/2 server said that
     * it did not process it. It is a retry like any other: it counts, takes from the budget, and is made only where the
     * retry policy allows one.
     */
    @get:JvmName("retryAtOnce")
    public val retryAtOnce: Boolean = builder.retryAtOnce

    /**
     * Whether the provider advises to send the same request again, by its header `x-should-retry`; null where it does
     * not say. It overrules what the status stands for in [LlmException.isRetryable].
     */
    @get:JvmName("retryAdvised")
    public val retryAdvised: Boolean? = builder.retryAdvised

    /** A builder that starts from this context. */
    public fun toBuilder(): Builder = Builder()
        .provider(provider)
        .model(model)
        .status(status)
        .code(code)
        .requestId(requestId)
        .attempts(attempts)
        .retryAfter(retryAfter)
        .retryAtOnce(retryAtOnce)
        .retryAdvised(retryAdvised)

    override fun toString(): String =
        "ErrorContext(provider=$provider, model=$model, status=$status, code=$code, requestId=$requestId, " +
            "attempts=$attempts, retryAfter=$retryAfter, retryAtOnce=$retryAtOnce, retryAdvised=$retryAdvised)"

    /** Builds an [ErrorContext]. */
    public class Builder {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var provider: String? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var model: String? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var status: Int? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var code: String? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var requestId: String? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var attempts: Int? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var retryAfter: Duration? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var retryAtOnce: Boolean = false

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var retryAdvised: Boolean? = null

        /** Sets [ErrorContext.provider]. */
        public fun provider(provider: String?): Builder = apply { this.provider = provider }

        /** Sets [ErrorContext.model]. */
        public fun model(model: String?): Builder = apply { this.model = model }

        /** Sets [ErrorContext.status]. */
        public fun status(status: Int?): Builder = apply { this.status = status }

        /** Sets [ErrorContext.code]. */
        public fun code(code: String?): Builder = apply { this.code = code }

        /** Sets [ErrorContext.requestId]. */
        public fun requestId(requestId: String?): Builder = apply { this.requestId = requestId }

        /** Sets [ErrorContext.attempts]. */
        public fun attempts(attempts: Int?): Builder = apply { this.attempts = attempts }

        /** Sets [ErrorContext.retryAfter]. */
        public fun retryAfter(wait: Duration?): Builder = apply { retryAfter = wait }

        /** Sets [ErrorContext.retryAtOnce]. */
        public fun retryAtOnce(atOnce: Boolean): Builder = apply { retryAtOnce = atOnce }

        /** Sets [ErrorContext.retryAdvised]. */
        public fun retryAdvised(advised: Boolean?): Builder = apply { retryAdvised = advised }

        /** The context as set so far. */
        public fun build(): ErrorContext = ErrorContext(this)
    }

    /** Makes contexts. */
    public companion object {
        /** Nothing known. */
        @JvmField
        public val NONE: ErrorContext = Builder().build()

        /** An empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
