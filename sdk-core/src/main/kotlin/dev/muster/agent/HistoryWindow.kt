package dev.muster.agent

import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.estimateTokens

/**
 * Limits how much of a conversation's history is sent to the model. The history itself is not changed.
 *
 * The oldest turns are left out first. Only whole turns are left out, so a tool call is never separated from its
 * results. A turn reaches from a user message up to the next one. System messages and the current turn are always sent,
 * even if they alone exceed the window.
 */
public class HistoryWindow private constructor(
    private val what: String,
    private val limit: Long,
    private val countsSystem: Boolean,
    private val size: (Message) -> Long,
) {
    /** Returns the messages to send: the agent's [system] messages, the part of [history] that fits, and [prompt]. */
    @JvmSynthetic
    internal fun select(system: List<Message>, history: List<Message>, prompt: List<Message>): List<Message> {
        val all = history + prompt
        val starts = all.indices.filter { it == 0 || isStart(all, it) }
        // The turn of the prompt may start in the history: the prompt may be results for earlier tool calls.
        val current = starts.last { it <= history.size }
        val fixed = if (countsSystem) (system + all.filter { it.role == Role.SYSTEM }).sumOf(size) else 0
        var left = limit - fixed - sizeOf(all.drop(current))
        var from = current
        for (start in starts.filter { it < current }.asReversed()) {
            left -= sizeOf(all.subList(start, from))
            if (left < 0) break
            from = start
        }
        return system + all.filterIndexed { index, message -> index >= from || message.role == Role.SYSTEM }
    }

    private fun isStart(all: List<Message>, index: Int) =
        all[index].role == Role.USER && all[index - 1].role != Role.USER

    private fun sizeOf(messages: List<Message>): Long = messages.filter { it.role != Role.SYSTEM }.sumOf(size)

    override fun toString(): String = "HistoryWindow($what)"

    /** Creates windows. */
    public companion object {
        /** Sends the whole history. */
        @JvmField
        public val ALL: HistoryWindow = HistoryWindow("all", Long.MAX_VALUE, false) { 0 }

        /**
         * Sends at most [count] messages, including those of the current turn. System messages do not count.
         *
         * @throws IllegalArgumentException if [count] is below 1
         */
        @JvmStatic
        public fun messages(count: Int): HistoryWindow {
            require(count >= 1) { "The window must hold at least 1 message: $count" }
            return HistoryWindow("$count messages", count.toLong(), false) { 1 }
        }

        /**
         * Sends at most [count] tokens, including those of the system prompt and of the current turn. Tokens are
         * estimated, as the client's rate limiters do: one token for four characters of text, reasoning or tool
         * arguments. Images and documents do not count.
         *
         * @throws IllegalArgumentException if [count] is below 1
         */
        @JvmStatic
        public fun tokens(count: Int): HistoryWindow {
            require(count >= 1) { "The window must hold at least 1 token: $count" }
            return HistoryWindow("$count tokens", count.toLong(), true, ::tokensOf)
        }

        private fun tokensOf(message: Message): Long = estimateTokens(message.text) +
            message.content.filterIsInstance<ContentPart.Reasoning>().sumOf { estimateTokens(it.text) } +
            message.toolCalls.sumOf { estimateTokens(it.name + it.arguments) }
    }
}
