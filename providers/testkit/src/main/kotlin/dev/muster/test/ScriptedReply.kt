package dev.muster.test

import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.error.LlmException
import java.time.Duration

/**
 * What a [ScriptedModel] does with a request. Immutable: every method gives a changed copy. The same reply serves a
 * whole answer and a stream.
 *
 * ```java
 * ScriptedReply.text("one two three").delay(Duration.ofSeconds(30))
 * ScriptedReply.failure(new RateLimitedException("Too many"))
 * ScriptedReply.toolCall("call_1", "weather", "{\"city\":\"Oslo\"}")
 * ```
 */
public class ScriptedReply private constructor(@get:JvmSynthetic internal val spec: Spec) {
    internal class Spec(
        val pieces: List<String> = emptyList(),
        val toolCalls: List<ToolCall> = emptyList(),
        val failure: LlmException? = null,
        val isEndless: Boolean = false,
        val delay: Duration = Duration.ZERO,
        val pieceDelay: Duration = Duration.ZERO,
        val reasoning: String? = null,
        val usage: Usage? = null,
        val finishReason: FinishReason? = null,
    )

    /** Waits [duration], by the coroutine's clock, before anything else. */
    public fun delay(duration: Duration): ScriptedReply = with(delay = notNegative(duration))

    /** Waits [duration], by the coroutine's clock, between two pieces of a stream. */
    public fun pieceDelay(duration: Duration): ScriptedReply = with(pieceDelay = notNegative(duration))

    /** Adds a call of the tool [name]; its [arguments] are JSON text, sent as given. */
    public fun withToolCall(id: String, name: String, arguments: String): ScriptedReply =
        with(toolCalls = spec.toolCalls + ToolCall(id, name, arguments))

    /** Fails with [failure] once all else has been sent: the pieces of a stream, that is. */
    public fun thenFailure(failure: LlmException): ScriptedReply = with(failure = failure)

    /** Never ends once all else has been sent: until it is cancelled. */
    public fun thenHang(): ScriptedReply = with(isEndless = true)

    /** Sends [text] as reasoning before the answer. */
    public fun reasoning(text: String): ScriptedReply = with(reasoning = text)

    /** Reports this usage; without it none is reported. */
    public fun usage(inputTokens: Long, outputTokens: Long): ScriptedReply =
        with(usage = Usage(inputTokens, outputTokens))

    /** Ends for [reason]; without it for tool calls where there are some, else because all was said. */
    public fun finishReason(reason: FinishReason): ScriptedReply = with(finishReason = reason)

    @Suppress("LongParameterList") // A copy of the parts.
    private fun with(
        toolCalls: List<ToolCall> = spec.toolCalls,
        failure: LlmException? = spec.failure,
        isEndless: Boolean = spec.isEndless,
        delay: Duration = spec.delay,
        pieceDelay: Duration = spec.pieceDelay,
        reasoning: String? = spec.reasoning,
        usage: Usage? = spec.usage,
        finishReason: FinishReason? = spec.finishReason,
    ) = ScriptedReply(
        Spec(spec.pieces, toolCalls, failure, isEndless, delay, pieceDelay, reasoning, usage, finishReason),
    )

    private fun notNegative(duration: Duration): Duration {
        require(!duration.isNegative) { "A delay must not be negative: $duration" }
        return duration
    }

    override fun toString(): String =
        "ScriptedReply(${spec.pieces.size} pieces, ${spec.toolCalls.size} tool calls, failure=${spec.failure})"

    /** The kinds of replies. */
    public companion object {
        private val WORD = Regex("""\s*\S+\s*$|\s*\S+""")

        /** An answer with this text; a stream sends it word by word. */
        @JvmStatic
        public fun text(text: String): ScriptedReply =
            ScriptedReply(Spec(pieces = WORD.findAll(text).map { it.value }.toList().ifEmpty { listOf(text) }))

        /** An answer of exactly these pieces. */
        @JvmStatic
        public fun pieces(vararg pieces: String): ScriptedReply = ScriptedReply(Spec(pieces = pieces.toList()))

        /** An answer that is a call of the tool [name] and no text; its [arguments] are JSON text. */
        @JvmStatic
        public fun toolCall(id: String, name: String, arguments: String): ScriptedReply =
            ScriptedReply(Spec()).withToolCall(id, name, arguments)

        /**
         * No answer, but this failure. A retry gets the next reply. For a rule that is asked for more than once give a
         * function that makes a new exception each time: what is thrown is this very one.
         */
        @JvmStatic
        public fun failure(failure: LlmException): ScriptedReply = ScriptedReply(Spec(failure = failure))

        /** No answer, ever; the call runs until it is cancelled or its time is up. */
        @JvmStatic
        public fun hang(): ScriptedReply = ScriptedReply(Spec(isEndless = true))
    }
}
