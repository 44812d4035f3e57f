package dev.muster.error

/**
 * The queue of a limiter is full. Nothing was sent.
 *
 * Send fewer calls at once, for example with `mapConcurrent`, which waits until a call can start; or raise the
 * limiter's maximum of waiting calls.
 */
public class QueueFullException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    /** Always false: the client must not queue the call again. */
    override val isRetryable: Boolean get() = false
}
