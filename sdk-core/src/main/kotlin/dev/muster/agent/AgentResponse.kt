package dev.muster.agent

import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.HasUsage
import dev.muster.chat.Message
import dev.muster.chat.ToolRun
import dev.muster.chat.Usage

/** What an agent answers, and how it came about. Immutable; `toString` leaves the content out. */
public class AgentResponse internal constructor(
    /** The model's last answer. */
    @get:JvmName("response")
    public val response: ChatResponse,
    toolRuns: List<ToolRun>,
    /** What was said between the prompt and the answer. */
    @get:JvmSynthetic
    internal val said: List<Message>,
    /** How often the model was asked: 1, and 1 more for each round of tools and each pause of the model. */
    @get:JvmName("rounds")
    public val rounds: Int,
    private val usage: Usage?,
) : HasUsage {
    /** An answer without rounds of tools. */
    public constructor(response: ChatResponse) : this(response, emptyList(), emptyList(), 1, response.usage())

    /** The tools that were run: round by round, in each in the model's order. */
    @get:JvmName("toolRuns")
    public val toolRuns: List<ToolRun> = toolRuns.toList()

    /**
     * All that was said after the prompt, as messages that a conversation goes on from: calls of tools, their results,
     * what the model said before it paused, the answer. An answer of nothing is no message; calls that the token limit
     * or a filter has cut are in none, for nothing will ever answer them.
     */
    @get:JvmName("messages")
    public val messages: List<Message> = said + listOf(answer()).filterNot { it.isNothing() }

    /**
     * The text of the model's last answer. What it said before it called tools, or before it paused, is in [messages],
     * and a stream has told it.
     */
    @get:JvmName("text")
    public val text: String get() = response.text

    /** Why the answer ended. */
    @get:JvmName("finishReason")
    public val finishReason: FinishReason get() = response.finishReason

    /** The sum over all rounds; null where the provider has said it of none. */
    override fun usage(): Usage? = usage

    override fun toString(): String = "AgentResponse($response, $rounds rounds, ${toolRuns.size} tool runs)"

    private fun answer(): Message {
        val isCut = finishReason == FinishReason.LENGTH || finishReason == FinishReason.CONTENT_FILTER
        return (if (isCut) response.toBuilder().toolCalls(emptyList()).build() else response).toMessage()
    }

    private fun Message.isNothing() = text.isBlank() && toolCalls.isEmpty() && response.opaqueParts.isEmpty()
}
