package dev.muster.agent

import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.estimateTokens

/**
 * How much of a conversation's history goes to the model. The history itself stays whole: only what is sent is cut.
 *
 * What is cut is always the oldest, by whole turns, each from a user's message up to the next: a call of a tool is
 * never parted from its results. System messages and the turn that is asked for are always sent, also where they alone
 * are more than the window holds.
 */
public class HistoryWindow private constructor(
    private val what: String,
    private val limit: Long,
    private val countsSystem: Boolean,
    private val size: (Message) -> Long,
) {
    /** What is sent for [prompt], after [system], which the agent has said before. */
    @JvmSynthetic
    internal fun select(system: List<Message>, history: List<Message>, prompt: List<Message>): List<Message> {
        val all = history + prompt
        val starts = all.indices.filter { it == 0 || isStart(all, it) }
        // The one that the prompt stands in: it may hold results for calls that stand before it.
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

    /** Makes windows. */
    public companion object {
        /** All of the history. */
        @JvmField
        public val ALL: HistoryWindow = HistoryWindow("all", Long.MAX_VALUE, false) { 0 }

        /**
         * At most [count] messages, those of the turn that is asked for among them; system messages do not count.
         *
         * @throws IllegalArgumentException where [count] is not positive
         */
        @JvmStatic
        public fun messages(count: Int): HistoryWindow {
            require(count >= 1) { "A window has at least 1 message: $count" }
            return HistoryWindow("$count messages", count.toLong(), false) { 1 }
        }

        /**
         * At most [count] tokens, those of the system prompt and of the turn that is asked for among them. They are
         * estimated, as the client's limits do: a token for four characters of text, reasoning or arguments of tools;
         * images and documents are not counted.
         *
         * @throws IllegalArgumentException where [count] is not positive
         */
        @JvmStatic
        public fun tokens(count: Int): HistoryWindow {
            require(count >= 1) { "A window has at least 1 token: $count" }
            return HistoryWindow("$count tokens", count.toLong(), true, ::tokensOf)
        }

        private fun tokensOf(message: Message): Long = estimateTokens(message.text) +
            message.content.filterIsInstance<ContentPart.Reasoning>().sumOf { estimateTokens(it.text) } +
            message.toolCalls.sumOf { estimateTokens(it.name + it.arguments) }
    }
}
