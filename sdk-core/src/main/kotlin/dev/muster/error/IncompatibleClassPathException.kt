package dev.muster.error

/**
 * A library on the class path is older than Muster requires, usually because a framework's BOM manages its version.
 *
 * The message names the library and says what to add to the build. No client was created and nothing was sent.
 */
public class IncompatibleClassPathException(message: String) : LlmException(message, ErrorContext.NONE, null) {
    /** Always false: the class path does not change while the program runs. */
    override val isRetryable: Boolean get() = false
}
