package dev.muster.error

/**
 * A library on the class path is older than Muster needs, usually because a framework's BOM manages its version. The
 * message says which one, and what to add to the build. No client was made and nothing was sent.
 */
public class IncompatibleClassPathException(message: String) : LlmException(message, ErrorContext.NONE, null) {
    /** False: the class path stays as it is while the program runs. */
    override val isRetryable: Boolean get() = false
}
