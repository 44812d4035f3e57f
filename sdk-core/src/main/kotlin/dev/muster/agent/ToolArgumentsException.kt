package dev.muster.agent

/**
 * Thrown by a tool that cannot use its arguments, although they are valid under its schema. The model receives the
 * message as an error about its arguments.
 */
public class ToolArgumentsException @JvmOverloads constructor(
    /** What is wrong with the arguments, written for the model. */
    message: String,
    cause: Throwable? = null,
) : IllegalArgumentException(message, cause)
