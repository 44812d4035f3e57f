package dev.muster.error

import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolRun

/**
 * The model requested tools, or paused its response, more often than the agent allows.
 *
 * Raise the limit, or read [toolRuns] to see why the model does not finish. [partialUsage] is the usage of all rounds.
 */
public class ToolLoopLimitException internal constructor(
    message: String,
    history: List<Message>,
    toolRuns: List<ToolRun>,
    pendingCalls: List<ToolCall>,
    context: ErrorContext,
) : LlmException(message, context, null) {
    /** All messages up to the last tool results or the last pause. A new request can continue from here. */
    @get:JvmName("history")
    public val history: List<Message> = history.toList()

    /** The tools that ran, in the model's order. */
    @get:JvmName("toolRuns")
    public val toolRuns: List<ToolRun> = toolRuns.toList()

    /** The requested calls that were not run. */
    @get:JvmName("pendingCalls")
    public val pendingCalls: List<ToolCall> = pendingCalls.toList()

    override val isRetryable: Boolean get() = false
}
