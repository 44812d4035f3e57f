package dev.muster.agent

import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.HasUsage
import dev.muster.chat.Message
import dev.muster.chat.ToolRun
import dev.muster.chat.Usage

/**
 * The response of an agent, with its tool runs, its rounds and the usage of all rounds. Immutable. `toString` leaves
 * the content out.
 */
public class AgentResponse internal constructor(
    /** The model's last response. */
    @get:JvmName("response")
    public val response: ChatResponse,
    toolRuns: List<ToolRun>,
    /** The messages between the prompt and the last response. */
    @get:JvmSynthetic
    internal val said: List<Message>,
    /** The number of requests to the model: 1, plus 1 for each round of tools and each pause of the model. */
    @get:JvmName("rounds")
    public val rounds: Int,
    /** The total usage of all rounds. */
    private val total: Usage?,
) : HasUsage() {
    /** Creates a response without tool rounds. */
    public constructor(response: ChatResponse) : this(response, emptyList(), emptyList(), 1, response.usage)

    /** The tools that were run, by round, and within a round in the order of the model's calls. */
    @get:JvmName("toolRuns")
    public val toolRuns: List<ToolRun> = toolRuns.toList()

    /**
     * All messages after the prompt, ready to continue a conversation: tool calls, tool results, what the model said
     * before a pause, and the last response.
     *
     * An empty response adds no message. Tool calls in a response that was cut off by the token limit or a content
     * filter are left out, because they will never get a result.
     */
    @get:JvmName("messages")
    public val messages: List<Message> = said + listOf(answer()).filterNot { it.isNothing() }

    /**
     * The text of the model's last response. Text from before a tool call or a pause is in [messages]; a stream has
     * also emitted it.
     */
    @get:JvmName("text")
    public val text: String get() = response.text

    /** Why the last response ended. */
    @get:JvmName("finishReason")
    public val finishReason: FinishReason get() = response.finishReason

    @JvmSynthetic
    override fun reported(): Usage? = total

    override fun toString(): String = "AgentResponse($response, $rounds rounds, ${toolRuns.size} tool runs)"

    private fun answer(): Message {
        val isCut = finishReason == FinishReason.LENGTH || finishReason == FinishReason.CONTENT_FILTER
        return (if (isCut) response.toBuilder().toolCalls(emptyList()).build() else response).toMessage()
    }

    private fun Message.isNothing() = text.isBlank() && toolCalls.isEmpty() && response.opaqueParts.isEmpty()
}
