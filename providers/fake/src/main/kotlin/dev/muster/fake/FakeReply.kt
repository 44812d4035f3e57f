package dev.muster.fake

import dev.muster.fake.internal.Content
import dev.muster.fake.internal.ControlPlane
import dev.muster.fake.internal.Ending
import dev.muster.fake.internal.ReplySpec
import dev.muster.fake.internal.UsageSpec
import dev.muster.fake.internal.wire.AnswerToolCall
import dev.muster.fake.internal.wire.AnswerUsage
import dev.muster.fake.internal.wire.json
import java.time.Duration

/**
 * What the server answers, and how: immutable, every method gives a changed copy.
 *
 * The same reply serves a whole answer and a stream, in whichever provider's form the request came. A *token* is one
 * piece of a streamed answer: a piece of reasoning, text or refusal, or one delta of a tool call, counted from 1.
 *
 * ```java
 * FakeReply.text("one two three").delay(Duration.ofMillis(300)).tokenDelay(Duration.ofMillis(20))
 * FakeReply.status(429).retryAfter(Duration.ofSeconds(1))
 * FakeReply.text("cut off in the middle").resetAfter(2)
 * ```
 */
@Suppress("TooManyFunctions") // A vocabulary: each word is one line, and splitting it would only hide words.
public class FakeReply internal constructor(@get:JvmSynthetic internal val spec: ReplySpec) {
    /**
     * Waits [duration] before the first byte, headers included; overrides [FakeServer.latency]. Holds come before it.
     */
    public fun delay(duration: Duration): FakeReply = with { copy(delay = duration.toNanos()) }

    /** Sends the headers at once and waits [duration] before the first byte of the body. */
    public fun delayAfterHeaders(duration: Duration): FakeReply = with { copy(delayAfterHeaders = duration.toNanos()) }

    /** Waits [duration] between two tokens of a stream; overrides [FakeServer.tokenDelay]. */
    public fun tokenDelay(duration: Duration): FakeReply = with { copy(tokenDelay = duration.toNanos()) }

    /** Holds the reply, headers included, until [FakeServer.release]. */
    public fun hold(): FakeReply = hold(ControlPlane.DEFAULT_GATE)

    /** Holds the reply, headers included, until [FakeServer.release] of this [gate]. */
    public fun hold(gate: String): FakeReply = with { copy(hold = gate) }

    /**
     * Holds the reply until [requests] requests have arrived since the start or the last [FakeServer.reset], or
     * [FakeServer.release].
     */
    public fun holdUntil(requests: Int): FakeReply = with { copy(holdUntil = requests) }

    /**
     * Holds a stream before its token number [beforeToken] until [FakeServer.release]; what came before has been
     * sent. A number one past the last token holds the end of the stream. Several gates may be set.
     */
    public fun gate(beforeToken: Int): FakeReply = gate(beforeToken, ControlPlane.DEFAULT_GATE)

    /** Like [gate], until [FakeServer.release] of the gate called [name]. */
    public fun gate(beforeToken: Int, name: String): FakeReply = with { copy(gates = gates + (beforeToken to name)) }

    /**
     * Goes silent for ever after [tokens] tokens; a whole answer in the middle of its body, for 0 after its headers.
     */
    public fun stallAfter(tokens: Int): FakeReply = ending(Ending.Stall(tokens))

    /**
     * Ends the connection by FIN after [tokens] tokens; a whole answer in the middle of its body, for 0 after its
     * headers.
     */
    public fun cutAfter(tokens: Int): FakeReply = ending(Ending.Cut(tokens, reset = false, insideEvent = false))

    /** Like [cutAfter], by RST: the client gets "connection reset". */
    public fun resetAfter(tokens: Int): FakeReply = ending(Ending.Cut(tokens, reset = true, insideEvent = false))

    /** Ends the connection by FIN in the middle of the event that follows [tokens] tokens: its JSON is truncated. */
    public fun cutInsideEvent(tokens: Int): FakeReply = ending(Ending.Cut(tokens, reset = false, insideEvent = true))

    /** Like [cutInsideEvent], by RST. */
    public fun resetInsideEvent(tokens: Int): FakeReply = ending(Ending.Cut(tokens, reset = true, insideEvent = true))

    /**
     * Sends an error event after [tokens] tokens of a stream that began with 200, then ends the body properly. A
     * whole answer becomes a 200 whose body is the error. OpenAI's event is `data: {"error": …}`, that of its Responses
     * API and Anthropic's `event: error`, Gemini's `data: {"error": …}`, Ollama's the line `{"error": "…"}`.
     */
    public fun errorAfter(tokens: Int, code: String, message: String): FakeReply =
        ending(Ending.Error(tokens, code, message))

    /** Ends the stream properly as HTTP goes, but without finish reason, usage and end marker. */
    public fun withoutEnd(): FakeReply = ending(Ending.NoEnd)

    /**
     * Leaves out only the end marker that is an event of its own (`[DONE]`, `message_stop`); the finish reason is sent.
     */
    public fun withoutEndMarker(): FakeReply = ending(Ending.NoMarker)

    /** Sends the end marker, but ends neither the body nor the connection. The reply counts as completed. */
    public fun stayOpen(): FakeReply = ending(Ending.StayOpen)

    /** Closes the connection after the reply, and says so in its headers. */
    public fun closeConnection(): FakeReply = with { copy(closeConnection = true) }

    /**
     * Sends this reason (`stop`, `length`, `content_filter`, or one that nobody knows) whatever the answer is. In
     * Anthropic's and Gemini's forms the three, and `tool_calls`, become their own words for them; in OpenAI's
     * Responses API all but `stop` and `tool_calls` make the answer an incomplete one. `pause_turn` is Anthropic's, of
     * a turn that its own tools have paused.
     */
    public fun finishReason(reason: String): FakeReply = with { copy(finishReason = reason) }

    /** Reports this usage. Without it, words are counted. */
    public fun usage(promptTokens: Int, completionTokens: Int): FakeReply = usage(promptTokens, completionTokens, 0, 0)

    /**
     * Reports this usage, with cached prompt tokens and reasoning tokens where the provider's form has a place for
     * them.
     */
    public fun usage(promptTokens: Int, completionTokens: Int, cachedTokens: Int, reasoningTokens: Int): FakeReply =
        with {
            copy(usage = UsageSpec.Given(AnswerUsage(promptTokens, completionTokens, cachedTokens, reasoningTokens)))
        }

    /**
     * Reports that [tokens] of the prompt tokens were written to the provider's prompt cache, where its form has a
     * place for them: Anthropic's and OpenAI's two.
     */
    public fun cacheCreation(tokens: Int): FakeReply = with { copy(cacheCreation = tokens) }

    /** Reports no usage. */
    public fun withoutUsage(): FakeReply = with { copy(usage = UsageSpec.None) }

    /** Adds [calls] to the answer, in this order; the finish reason becomes the provider's for tool calls. */
    public fun withToolCalls(vararg calls: FakeToolCall): FakeReply =
        with { copy(toolCalls = toolCalls + calls.map { AnswerToolCall(it.id, it.name, it.arguments) }) }

    /**
     * Sends [text] as reasoning before the answer: `reasoning_content` in OpenAI's form, a summary in that of its
     * Responses API, `thinking` in Ollama's, a signed block of its own in Anthropic's, parts with `thought` in
     * Gemini's.
     */
    public fun reasoning(text: String): FakeReply = with { copy(reasoning = text) }

    /**
     * Sends [data] as a block of reasoning that nobody but the provider can read, behind [reasoning]: Anthropic's
     * `redacted_thinking`, the `encrypted_content` of OpenAI's Responses API, Gemini's `thoughtSignature` (on the first
     * tool call, else at the end), which is base 64. Forms that have none leave it out.
     */
    public fun encryptedReasoning(data: String): FakeReply = with { copy(encryptedReasoning = data) }

    /**
     * Adds [json], a block of the provider's own such as a `server_tool_use`, before the text: Anthropic's form sends
     * it as it is, and the `input` of one piece by piece in a stream. Other forms leave it out.
     */
    public fun block(json: String): FakeReply = with { copy(blocks = blocks + json) }

    /** Names another model in the answer than the request did. */
    public fun model(name: String): FakeReply = with { copy(model = name) }

    /** Adds a response header, or replaces one of the provider's. */
    public fun header(name: String, value: String): FakeReply =
        with { copy(headers = headers.filterKeys { !it.equals(name, ignoreCase = true) } + (name to value)) }

    /** Sends `Retry-After` in whole seconds, rounded up. */
    public fun retryAfter(duration: Duration): FakeReply =
        header("Retry-After", duration.plusMillis(ALMOST_A_SECOND).toSeconds().toString())

    /** Sends `Retry-After` as given, such as an HTTP date. */
    public fun retryAfter(value: String): FakeReply = header("Retry-After", value)

    /**
     * Sends the whole text although the request's token limit is lower; else [text] is cut to it, with finish reason
     * `length`.
     */
    public fun ignoreMaxTokens(): FakeReply = with { copy(honourMaxTokens = false) }

    /** Adds fields that no schema names to every object of the answer. */
    public fun extraFields(): FakeReply = with { copy(extraFields = true) }

    /** Sends [count] ping comments (SSE) or empty lines (NDJSON) before the first event of a stream. */
    public fun pings(count: Int): FakeReply = with { copy(comments = count) }

    /** Ends the lines of a stream by CR LF. */
    public fun crlf(): FakeReply = with { copy(crlf = true) }

    /** Writes `data:` without a space behind it. */
    public fun noSpaceAfterData(): FakeReply = with { copy(noSpaceAfterColon = true) }

    /** Writes the reply to the socket one byte at a time. */
    public fun byteByByte(): FakeReply = with { copy(byteByByte = true) }

    private fun ending(ending: Ending) = with { copy(ending = ending) }

    private inline fun with(change: ReplySpec.() -> ReplySpec) = FakeReply(spec.change())

    override fun toString(): String = "FakeReply(${spec.content.javaClass.simpleName})"

    /** The kinds of replies. */
    public companion object {
        private const val ALMOST_A_SECOND = 999L

        /**
         * An answer with this text; a stream sends it word by word. Cut to the request's token limit, a word being a
         * token.
         */
        @JvmStatic
        public fun text(text: String): FakeReply = of(Content.Text(text))

        /**
         * An answer that is [value] as JSON: maps, lists, strings, numbers, booleans, null, or any object that Jackson
         * writes.
         */
        @JvmStatic
        public fun json(value: Any?): FakeReply = text(json.writeValueAsString(value))

        /** An answer of exactly these pieces, whatever the request's token limit is. */
        @JvmStatic
        public fun tokens(tokens: List<String>): FakeReply = of(Content.Tokens(tokens.toList()))

        /** An answer of exactly these pieces, whatever the request's token limit is. */
        @JvmStatic
        public fun tokens(vararg tokens: String): FakeReply = of(Content.Tokens(tokens.toList()))

        /** A stream of [token] that never ends (but for the request's token limit): for streams only. */
        @JvmStatic
        public fun endless(token: String): FakeReply = of(Content.Endless(token))

        /** An answer that is one tool call and no text. */
        @JvmStatic
        public fun toolCall(id: String, name: String, arguments: String): FakeReply =
            toolCalls(FakeToolCall(id, name, arguments))

        /** An answer that is these tool calls and no text. */
        @JvmStatic
        public fun toolCalls(vararg calls: FakeToolCall): FakeReply = text("").withToolCalls(*calls)

        /**
         * An answer to a request for embeddings: these vectors, whatever its texts are. Without it every text gets a
         * vector of 8 numbers, or as many as are asked for, equal for equal texts.
         */
        @JvmStatic
        public fun embeddings(vararg vectors: FloatArray): FakeReply =
            of(Content.Embeddings(vectors.map { it.copyOf() }))

        /**
         * A model's refusal instead of an answer: a field of its own in OpenAI's form, text with a stop reason of its
         * own in Anthropic's and Gemini's, plain text in Ollama's.
         */
        @JvmStatic
        public fun refusal(text: String): FakeReply = FakeReply(ReplySpec(Content.Text(""), refusal = text))

        /**
         * This status with an error body in the provider's form, its code and message the usual ones for the status.
         */
        @JvmStatic
        public fun status(status: Int): FakeReply = of(Content.Status(status, null, null))

        /**
         * This status with an error body in the provider's form and this code and message. Codes with a meaning:
         * `context_length_exceeded`, `content_filter`, `insufficient_quota`, `invalid_api_key`, `model_not_found`;
         * Anthropic's and Gemini's forms say them by their own types and words.
         */
        @JvmStatic
        public fun status(status: Int, code: String, message: String): FakeReply =
            of(Content.Status(status, code, message))

        /** Status 200, `application/json`, and [body] as given, JSON or not, empty or not. */
        @JvmStatic
        public fun raw(body: String): FakeReply = raw(OK, "application/json", body)

        /** [status], [contentType] and [body] as given. Streams can be written by hand with it. */
        @JvmStatic
        public fun raw(status: Int, contentType: String, body: String): FakeReply =
            of(Content.Raw(status, contentType, body))

        /** Never a byte; the connection stays open. */
        @JvmStatic
        public fun hang(): FakeReply = of(Content.Hang)

        /** RST before any byte. */
        @JvmStatic
        public fun reset(): FakeReply = of(Content.NoReply(reset = true))

        /** FIN before any byte. */
        @JvmStatic
        public fun cut(): FakeReply = of(Content.NoReply(reset = false))

        private const val OK = 200

        private fun of(content: Content) = FakeReply(ReplySpec(content))
    }
}
