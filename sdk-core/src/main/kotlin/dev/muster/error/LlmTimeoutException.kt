package dev.muster.error

import java.time.Duration

/** Which limit of time was passed. */
public enum class TimeoutKind {
    /** The whole call, all attempts and waits together. */
    TOTAL,

    /** One attempt. */
    ATTEMPT,

    /** Opening the connection. */
    CONNECT,

    /** From sending to the first token of a stream. */
    FIRST_TOKEN,

    /** From one token of a stream to the next. */
    BETWEEN_TOKENS,

    /** A deadline set around an operator or a call by the caller. */
    DEADLINE,

    /** One run of a tool. The model is told of it; the call goes on. */
    TOOL,
}

/**
 * A limit of time was passed; the exchange was closed. [kind] says which limit, [partialText] what had arrived.
 */
public class LlmTimeoutException @JvmOverloads constructor(
    message: String,
    /** Which limit was passed. */
    @get:JvmName("kind")
    public val kind: TimeoutKind,
    /** The limit. */
    @get:JvmName("limit")
    public val limit: Duration,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    /** Where another attempt may still be made: not once the whole time is used up. */
    override val isRetryable: Boolean get() = kind !in FINAL

    private companion object {
        val FINAL = setOf(TimeoutKind.TOTAL, TimeoutKind.DEADLINE, TimeoutKind.TOOL)
    }
}
