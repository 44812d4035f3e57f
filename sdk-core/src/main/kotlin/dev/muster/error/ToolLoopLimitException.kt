package dev.muster.error

import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolRun

/**
 * The model asked for tools, or paused its turn, once more than the agent allows: raise the limit, or look at
 * [toolRuns] for why it goes in circles. [partialUsage] is the usage of all rounds.
 */
public class ToolLoopLimitException internal constructor(
    message: String,
    history: List<Message>,
    toolRuns: List<ToolRun>,
    pendingCalls: List<ToolCall>,
    context: ErrorContext,
) : LlmException(message, context, null) {
    /** All that was sent and said up to the last results of tools, or the last pause: what a request may go on from. */
    @get:JvmName("history")
    public val history: List<Message> = history.toList()

    /** The tools that were run, in the model's order. */
    @get:JvmName("toolRuns")
    public val toolRuns: List<ToolRun> = toolRuns.toList()

    /** The calls that were not run any more. */
    @get:JvmName("pendingCalls")
    public val pendingCalls: List<ToolCall> = pendingCalls.toList()

    override val isRetryable: Boolean get() = false
}
