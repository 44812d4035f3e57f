package dev.muster.error

import dev.muster.chat.Usage
import java.time.Duration

/**
 * A call to a model failed. The subclass says what to do next. New subclasses may be added.
 *
 * The message never contains a key or a prompt.
 */
public abstract class LlmException internal constructor(message: String, context: ErrorContext, cause: Throwable?) :
    RuntimeException(message, cause) {
    /** A text to append to the message in parentheses, if more becomes known after the failure. */
    @get:JvmSynthetic
    @set:JvmSynthetic
    internal var note: String? = null

    /** What failed, why, and what to do. */
    override val message: String? get() = note?.let { "${super.message} ($it)" } ?: super.message

    /** Where the failure happened. */
    @get:JvmName("context")
    public var context: ErrorContext = context
        @JvmSynthetic
        internal set

    /** Whether it may help to send the same request again: the provider's advice, else the default of the class. */
    public abstract val isRetryable: Boolean

    /** The response's text received before the failure. Null if none was received. */
    @get:JvmName("partialText")
    public var partialText: String? = null
        @JvmSynthetic
        internal set

    /** The usage the provider reported before the failure. Null if it reported none. */
    @get:JvmName("partialUsage")
    public var partialUsage: Usage? = null
        @JvmSynthetic
        internal set

    /** The id of the provider. */
    @get:JvmName("provider")
    public val provider: String? get() = context.provider

    /** The name of the requested model. */
    @get:JvmName("model")
    public val model: String? get() = context.model

    /** The HTTP status of the response. */
    @get:JvmName("status")
    public val status: Int? get() = context.status

    /** The provider's error code. */
    @get:JvmName("code")
    public val code: String? get() = context.code

    /** The provider's id of the request, for a support ticket. */
    @get:JvmName("requestId")
    public val requestId: String? get() = context.requestId

    /** How long the provider asks the client to wait before the next attempt. Null if it does not say. */
    @get:JvmName("retryAfter")
    public val retryAfter: Duration? get() = context.retryAfter

    /**
     * The number of attempts made. This exception is the failure of the last attempt; those of the earlier attempts
     * are its suppressed exceptions.
     */
    @get:JvmName("attempts")
    public val attempts: Int? get() = context.attempts
}

/** Where a failure happened. A property that does not apply is null. */
public class ErrorContext private constructor(builder: Builder) {
    /** The id of the provider. */
    @get:JvmName("provider")
    public val provider: String? = builder.provider

    /** The name of the requested model. */
    @get:JvmName("model")
    public val model: String? = builder.model

    /** The HTTP status. */
    @get:JvmName("status")
    public val status: Int? = builder.status

    /** The provider's error code. */
    @get:JvmName("code")
    public val code: String? = builder.code

    /** The provider's id of the request. */
    @get:JvmName("requestId")
    public val requestId: String? = builder.requestId

    /** The number of attempts made. */
    @get:JvmName("attempts")
    public val attempts: Int? = builder.attempts

    /** How long the provider asks the client to wait before the next attempt. */
    @get:JvmName("retryAfter")
    public val retryAfter: Duration? = builder.retryAfter

    /**
     * Whether the server showed no sign of having accepted the request, so the first retry needs no back-off.
     *
     * This is the case if a reused connection turned out to be dead as soon as the request was sent, or if an HTTP/2
     * server reported that it did not process the request. The retry counts as any other: it uses the retry budget,
     * and it is made only if the retry policy allows it.
     */
    @get:JvmName("retryAtOnce")
    public val retryAtOnce: Boolean = builder.retryAtOnce

    /**
     * Whether the provider's header `x-should-retry` advises sending the same request again. Null if the header is
     * absent.
     *
     * The advice takes precedence over the status in [LlmException.isRetryable].
     */
    @get:JvmName("retryAdvised")
    public val retryAdvised: Boolean? = builder.retryAdvised

    /** Returns a builder with the values of this context. */
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

        /** Returns the context. */
        public fun build(): ErrorContext = ErrorContext(this)
    }

    /** Creates contexts. */
    public companion object {
        /** A context without any value. */
        @JvmField
        public val NONE: ErrorContext = Builder().build()

        /** Returns an empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
