package dev.muster.error

import java.time.Duration

/** The kind of a timeout. */
public enum class TimeoutKind {
    /** The whole call: all attempts and the waits between them. */
    TOTAL,

    /** One attempt. */
    ATTEMPT,

    /** Opening the connection. */
    CONNECT,

    /** From sending the request to the first token of the stream. */
    FIRST_TOKEN,

    /** From one token of the stream to the next. */
    BETWEEN_TOKENS,

    /** A deadline that the caller set around an operator or a call. */
    DEADLINE,

    /** One run of a tool. The model gets an error result, and the call continues. */
    TOOL,
}

/**
 * A timeout expired and the HTTP exchange was closed. [kind] says which timeout; [partialText] has the text received
 * so far.
 */
public class LlmTimeoutException @JvmOverloads constructor(
    message: String,
    /** Which timeout expired. */
    @get:JvmName("kind")
    public val kind: TimeoutKind,
    /** The duration of the timeout. */
    @get:JvmName("limit")
    public val limit: Duration,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    /**
     * Whether another attempt may still be made: false for [TimeoutKind.TOTAL], [TimeoutKind.DEADLINE] and
     * [TimeoutKind.TOOL].
     */
    override val isRetryable: Boolean get() = kind !in FINAL

    private companion object {
        val FINAL = setOf(TimeoutKind.TOTAL, TimeoutKind.DEADLINE, TimeoutKind.TOOL)
    }
}
