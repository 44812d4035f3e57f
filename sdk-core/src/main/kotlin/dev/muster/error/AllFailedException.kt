package dev.muster.error

/**
 * Every candidate failed. [causes] has each failure, in the order of the candidates. They are also attached as
 * suppressed exceptions, so a stack trace shows them.
 */
public class AllFailedException(message: String, causes: List<Throwable>) :
    LlmException(message, ErrorContext.NONE, causes.firstOrNull()) {
    /** Each failure, in the order of the candidates. */
    @get:JvmName("causes")
    public val causes: List<Throwable> = causes.toList()

    init {
        causes.forEach(::addSuppressed)
    }

    /** Whether at least one of the failures is retryable. */
    override val isRetryable: Boolean get() = causes.any { it is LlmException && it.isRetryable }
}
