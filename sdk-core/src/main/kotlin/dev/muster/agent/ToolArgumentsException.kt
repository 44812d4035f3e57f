package dev.muster.agent

/**
 * The arguments of a tool are not what it takes, though its schema allows them: thrown by a tool, it tells the model
 * so.
 */
public class ToolArgumentsException @JvmOverloads constructor(
    /** Why, in words for the model. */
    message: String,
    cause: Throwable? = null,
) : IllegalArgumentException(message, cause)
