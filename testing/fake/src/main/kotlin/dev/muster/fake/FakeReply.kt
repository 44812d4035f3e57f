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
 * A scripted reply of the [FakeServer]. Immutable: every method returns a changed copy.
 *
 * The same reply works for a whole response and for a stream, in the API format of the request. A *token* is one chunk
 * of a streamed reply: a chunk of reasoning, text or refusal, or one delta of a tool call. Tokens are counted from 1.
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
     * Waits [duration] before the first byte, including headers. Overrides [FakeServer.latency]. Holds come before
     * the wait.
     */
    public fun delay(duration: Duration): FakeReply = with { copy(delay = duration.toNanos()) }

    /** Sends the headers at once and waits [duration] before the first byte of the body. */
    public fun delayAfterHeaders(duration: Duration): FakeReply = with { copy(delayAfterHeaders = duration.toNanos()) }

    /** Waits [duration] between two tokens of a stream. Overrides [FakeServer.tokenDelay]. */
    public fun tokenDelay(duration: Duration): FakeReply = with { copy(tokenDelay = duration.toNanos()) }

    /** Holds the reply, including headers, until [FakeServer.release]. */
    public fun hold(): FakeReply = hold(ControlPlane.DEFAULT_GATE)

    /** Holds the reply, including headers, until [FakeServer.release] of this [gate]. */
    public fun hold(gate: String): FakeReply = with { copy(hold = gate) }

    /**
     * Holds the reply until [requests] requests have arrived since the start or the last [FakeServer.reset], or until
     * [FakeServer.release].
     */
    public fun holdUntil(requests: Int): FakeReply = with { copy(holdUntil = requests) }

    /**
     * Holds a stream before its token number [beforeToken] until [FakeServer.release]. Earlier tokens have been sent.
     * The number after the last token holds the end of the stream. Several gates may be set.
     */
    public fun gate(beforeToken: Int): FakeReply = gate(beforeToken, ControlPlane.DEFAULT_GATE)

    /** Like [gate], until [FakeServer.release] of the gate named [name]. */
    public fun gate(beforeToken: Int, name: String): FakeReply = with { copy(gates = gates + (beforeToken to name)) }

    /**
     * Sends nothing more after [tokens] tokens and keeps the connection open. A whole response stops in the middle of
     * its body, or for 0 after its headers.
     */
    public fun stallAfter(tokens: Int): FakeReply = ending(Ending.Stall(tokens))

    /**
     * Closes the connection with FIN after [tokens] tokens. A whole response is cut off in the middle of its body, or
     * for 0 after its headers.
     */
    public fun cutAfter(tokens: Int): FakeReply = ending(Ending.Cut(tokens, reset = false, insideEvent = false))

    /** Like [cutAfter], but with RST: the client gets "connection reset". */
    public fun resetAfter(tokens: Int): FakeReply = ending(Ending.Cut(tokens, reset = true, insideEvent = false))

    /**
     * Closes the connection with FIN in the middle of the event that follows [tokens] tokens: its JSON is truncated.
     */
    public fun cutInsideEvent(tokens: Int): FakeReply = ending(Ending.Cut(tokens, reset = false, insideEvent = true))

    /** Like [cutInsideEvent], but with RST. */
    public fun resetInsideEvent(tokens: Int): FakeReply = ending(Ending.Cut(tokens, reset = true, insideEvent = true))

    /**
     * Sends an error event after [tokens] tokens of a stream that started with 200, then ends the body properly. A
     * whole response becomes a 200 whose body is the error.
     *
     * The event is `data: {"error": …}` for OpenAI, `event: error` for its Responses API and for Anthropic, `data:
     * {"error": …}` for Gemini, and the line `{"error": "…"}` for Ollama.
     */
    public fun errorAfter(tokens: Int, code: String, message: String): FakeReply =
        ending(Ending.Error(tokens, code, message))

    /** Ends the stream properly at the HTTP level, but without finish reason, usage and end marker. */
    public fun withoutEnd(): FakeReply = ending(Ending.NoEnd)

    /** Omits only an end marker that is its own event (`[DONE]`, `message_stop`). The finish reason is sent. */
    public fun withoutEndMarker(): FakeReply = ending(Ending.NoMarker)

    /** Sends the end marker, but ends neither the body nor the connection. The reply counts as completed. */
    public fun stayOpen(): FakeReply = ending(Ending.StayOpen)

    /** Closes the connection after the reply and announces it in the headers. */
    public fun closeConnection(): FakeReply = with { copy(closeConnection = true) }

    /**
     * Sends this finish reason (`stop`, `length`, `content_filter`, or any other) whatever the reply contains.
     * Anthropic's and Gemini's API formats translate these three, and `tool_calls`, into their own words. In OpenAI's
     * Responses API any reason other than `stop` and `tool_calls` makes the response incomplete. `pause_turn` is
     * Anthropic's reason for a turn that its own tools have paused.
     */
    public fun finishReason(reason: String): FakeReply = with { copy(finishReason = reason) }

    /** Reports this usage. Default: words are counted. */
    public fun usage(promptTokens: Int, completionTokens: Int): FakeReply = usage(promptTokens, completionTokens, 0, 0)

    /**
     * Reports this usage, with cached prompt tokens and reasoning tokens if the provider's API format has fields for
     * them.
     */
    public fun usage(promptTokens: Int, completionTokens: Int, cachedTokens: Int, reasoningTokens: Int): FakeReply =
        with {
            copy(usage = UsageSpec.Given(AnswerUsage(promptTokens, completionTokens, cachedTokens, reasoningTokens)))
        }

    /**
     * Reports that [tokens] of the prompt tokens were written to the provider's prompt cache, if its API format has a
     * field for them: Anthropic's and OpenAI's two.
     */
    public fun cacheCreation(tokens: Int): FakeReply = with { copy(cacheCreation = tokens) }

    /** Reports no usage. */
    public fun withoutUsage(): FakeReply = with { copy(usage = UsageSpec.None) }

    /** Adds [calls] to the reply, in this order. The finish reason becomes the provider's reason for tool calls. */
    public fun withToolCalls(vararg calls: FakeToolCall): FakeReply =
        with { copy(toolCalls = toolCalls + calls.map { AnswerToolCall(it.id, it.name, it.arguments) }) }

    /**
     * Sends [text] as reasoning before the text: `reasoning_content` in OpenAI's chat completions, a summary in its
     * Responses API, `thinking` in Ollama's, a separate signed block in Anthropic's, parts with `thought` in
     * Gemini's.
     */
    public fun reasoning(text: String): FakeReply = with { copy(reasoning = text) }

    /**
     * Sends [data] as a block of reasoning that only the provider can read, after [reasoning]: Anthropic's
     * `redacted_thinking`, the `encrypted_content` of OpenAI's Responses API, or Gemini's `thoughtSignature`, which
     * is base64 and is sent with the first tool call, else at the end. Other API formats omit it.
     */
    public fun encryptedReasoning(data: String): FakeReply = with { copy(encryptedReasoning = data) }

    /**
     * Adds [json], a provider-specific block such as a `server_tool_use`, before the text. Anthropic's API format
     * sends it unchanged, and streams its `input` in pieces. Other API formats omit it.
     */
    public fun block(json: String): FakeReply = with { copy(blocks = blocks + json) }

    /** Names this model in the response instead of the requested one. */
    public fun model(name: String): FakeReply = with { copy(model = name) }

    /** Adds a response header, or replaces one of the provider's headers. */
    public fun header(name: String, value: String): FakeReply =
        with { copy(headers = headers.filterKeys { !it.equals(name, ignoreCase = true) } + (name to value)) }

    /** Sends `Retry-After` in whole seconds, rounded up. */
    public fun retryAfter(duration: Duration): FakeReply =
        header("Retry-After", duration.plusMillis(ALMOST_A_SECOND).toSeconds().toString())

    /** Sends `Retry-After` as given, such as an HTTP date. */
    public fun retryAfter(value: String): FakeReply = header("Retry-After", value)

    /**
     * Sends the whole text even if the request's token limit is lower. Otherwise [text] is cut to the limit, with
     * finish reason `length`.
     */
    public fun ignoreMaxTokens(): FakeReply = with { copy(honourMaxTokens = false) }

    /** Adds fields that no schema contains to every object of the response. */
    public fun extraFields(): FakeReply = with { copy(extraFields = true) }

    /** Sends [count] ping comments (SSE) or empty lines (NDJSON) before the first event of a stream. */
    public fun pings(count: Int): FakeReply = with { copy(comments = count) }

    /** Ends the lines of a stream with CRLF. */
    public fun crlf(): FakeReply = with { copy(crlf = true) }

    /** Writes `data:` without a space after it. */
    public fun noSpaceAfterData(): FakeReply = with { copy(noSpaceAfterColon = true) }

    /** Writes the reply to the socket one byte at a time. */
    public fun byteByByte(): FakeReply = with { copy(byteByByte = true) }

    private fun ending(ending: Ending) = with { copy(ending = ending) }

    private inline fun with(change: ReplySpec.() -> ReplySpec) = FakeReply(spec.change())

    override fun toString(): String = "FakeReply(${spec.content.javaClass.simpleName})"

    /** Creates replies. */
    public companion object {
        private const val ALMOST_A_SECOND = 999L

        /**
         * Replies with this text. A stream sends it word by word. It is cut to the request's token limit, one word
         * being one token.
         */
        @JvmStatic
        public fun text(text: String): FakeReply = of(Content.Text(text))

        /**
         * Replies with [value] as JSON: maps, lists, strings, numbers, booleans, null, or any object that Jackson can
         * write.
         */
        @JvmStatic
        public fun json(value: Any?): FakeReply = text(json.writeValueAsString(value))

        /** Replies with exactly these tokens, whatever the request's token limit is. */
        @JvmStatic
        public fun tokens(tokens: List<String>): FakeReply = of(Content.Tokens(tokens.toList()))

        /** Replies with exactly these tokens, whatever the request's token limit is. */
        @JvmStatic
        public fun tokens(vararg tokens: String): FakeReply = of(Content.Tokens(tokens.toList()))

        /**
         * Replies with an endless stream of [token]. It ends only at the request's token limit. Without one, only for
         * streams.
         */
        @JvmStatic
        public fun endless(token: String): FakeReply = of(Content.Endless(token))

        /** Replies with one tool call and no text. */
        @JvmStatic
        public fun toolCall(id: String, name: String, arguments: String): FakeReply =
            toolCalls(FakeToolCall(id, name, arguments))

        /** Replies with these tool calls and no text. */
        @JvmStatic
        public fun toolCalls(vararg calls: FakeToolCall): FakeReply = text("").withToolCalls(*calls)

        /**
         * Replies to an embedding request with these vectors, whatever its texts are. Without this reply, every text
         * gets a vector of 8 numbers, or of the requested number. Equal texts get equal vectors.
         */
        @JvmStatic
        public fun embeddings(vararg vectors: FloatArray): FakeReply =
            of(Content.Embeddings(vectors.map { it.copyOf() }))

        /**
         * Replies with a model's refusal: a separate field in OpenAI's API formats, text with a specific stop reason
         * in Anthropic's and Gemini's, plain text in Ollama's.
         */
        @JvmStatic
        public fun refusal(text: String): FakeReply = FakeReply(ReplySpec(Content.Text(""), refusal = text))

        /**
         * Replies with this status and an error body in the provider's API format, with the usual code and message
         * for the status.
         */
        @JvmStatic
        public fun status(status: Int): FakeReply = of(Content.Status(status, null, null))

        /**
         * Replies with this status and an error body in the provider's API format, with this code and message. Codes
         * with a meaning: `context_length_exceeded`, `content_filter`, `insufficient_quota`, `invalid_api_key`,
         * `model_not_found`. Anthropic's and Gemini's API formats translate them into their own types and messages.
         */
        @JvmStatic
        public fun status(status: Int, code: String, message: String): FakeReply =
            of(Content.Status(status, code, message))

        /** Replies with status 200, `application/json` and [body] as given: it may be empty or not JSON. */
        @JvmStatic
        public fun raw(body: String): FakeReply = raw(OK, "application/json", body)

        /** Replies with [status], [contentType] and [body] as given. Use it to write a stream by hand. */
        @JvmStatic
        public fun raw(status: Int, contentType: String, body: String): FakeReply =
            of(Content.Raw(status, contentType, body))

        /** Never sends a byte. The connection stays open. */
        @JvmStatic
        public fun hang(): FakeReply = of(Content.Hang)

        /** Closes the connection with RST before any byte. */
        @JvmStatic
        public fun reset(): FakeReply = of(Content.NoReply(reset = true))

        /** Closes the connection with FIN before any byte. */
        @JvmStatic
        public fun cut(): FakeReply = of(Content.NoReply(reset = false))

        private const val OK = 200

        private fun of(content: Content) = FakeReply(ReplySpec(content))
    }
}
