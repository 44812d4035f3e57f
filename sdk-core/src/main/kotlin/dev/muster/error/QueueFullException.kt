package dev.muster.error

/**
 * A limiter has as many calls waiting as it may hold: nothing was sent. Send less at once (a window such as
 * `mapConcurrent` waits for the one who asks), or let the limiter hold more.
 */
public class QueueFullException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    /** Never by the client itself, which would only queue it again. */
    override val isRetryable: Boolean get() = false
}
