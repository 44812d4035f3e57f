package dev.muster.test

import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.error.LlmException
import java.time.Duration

/**
 * The reply of a [ScriptedModel] to a request. Immutable: every method returns a changed copy. The same reply works for
 * `chat` and for `stream`.
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

    /** Waits for [duration], on the coroutine's clock, before the reply starts. Default: zero. */
    public fun delay(duration: Duration): ScriptedReply = with(delay = notNegative(duration))

    /** Waits for [duration], on the coroutine's clock, between two pieces of a stream. Default: zero. */
    public fun pieceDelay(duration: Duration): ScriptedReply = with(pieceDelay = notNegative(duration))

    /** Adds a call of the tool [name]. The [arguments] are JSON text and are not checked. */
    public fun withToolCall(id: String, name: String, arguments: String): ScriptedReply =
        with(toolCalls = spec.toolCalls + ToolCall(id, name, arguments))

    /** Fails with [failure] after everything else, such as the pieces of a stream. */
    public fun thenFailure(failure: LlmException): ScriptedReply = with(failure = failure)

    /** Hangs after everything else, until the call is cancelled. */
    public fun thenHang(): ScriptedReply = with(isEndless = true)

    /** Sends [text] as reasoning, before the text of the reply. */
    public fun reasoning(text: String): ScriptedReply = with(reasoning = text)

    /** Reports this usage. Default: no usage. */
    public fun usage(inputTokens: Long, outputTokens: Long): ScriptedReply =
        with(usage = Usage(inputTokens, outputTokens))

    /** Sets the finish reason. Default: TOOL_CALLS if the reply has tool calls, else STOP. */
    public fun finishReason(reason: FinishReason): ScriptedReply = with(finishReason = reason)

    @Suppress("LongParameterList") // One for each property.
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

    /** Creates replies. */
    public companion object {
        private val WORD = Regex("""\s*\S+\s*$|\s*\S+""")

        /** Returns a reply with this text. A stream sends it word by word. */
        @JvmStatic
        public fun text(text: String): ScriptedReply =
            ScriptedReply(Spec(pieces = WORD.findAll(text).map { it.value }.toList().ifEmpty { listOf(text) }))

        /** Returns a reply whose stream has exactly these pieces. */
        @JvmStatic
        public fun pieces(vararg pieces: String): ScriptedReply = ScriptedReply(Spec(pieces = pieces.toList()))

        /** Returns a reply that calls the tool [name] and has no text. The [arguments] are JSON text. */
        @JvmStatic
        public fun toolCall(id: String, name: String, arguments: String): ScriptedReply =
            ScriptedReply(Spec()).withToolCall(id, name, arguments)

        /**
         * Returns a reply that fails with [failure]. A retry gets the next reply. The same exception object is thrown
         * each time: if a rule matches more than once, use a script that creates a new exception each time.
         */
        @JvmStatic
        public fun failure(failure: LlmException): ScriptedReply = ScriptedReply(Spec(failure = failure))

        /** Returns a reply that never completes. The call runs until it is cancelled or times out. */
        @JvmStatic
        public fun hang(): ScriptedReply = ScriptedReply(Spec(isEndless = true))
    }
}
