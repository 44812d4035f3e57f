package dev.muster.fake

import dev.muster.fake.internal.wire.Answer

/**
 * The API format of a custom provider's chat, so that [FakeServer] can play it: add it with [FakeServer.format]. The
 * scripts, faults, gates and counters of the server then work for the provider as they do for the built-in formats.
 *
 * It says how a request is read, and how the parts of an answer look. Each text that it returns must be a JSON object;
 * the server adds the HTTP around it. A stream is one event for each piece of the answer, then [endEvent].
 *
 * All functions run on the server's only thread and must not block.
 */
public abstract class FakeFormat
@JvmOverloads
constructor(
    /** The path of the method, such as `/v1/chat`. Any prefix may precede it. */
    @get:JvmName("path") public val path: String,
    /** The header with the API key, which may follow `Bearer `. A request without it gets a 401. */
    @get:JvmName("keyHeader") public val keyHeader: String = "Authorization",
    /** Whether a stream has one JSON object in each line. Otherwise it has server-sent events, which is the default. */
    @get:JvmName("jsonLines") public val jsonLines: Boolean = false,
) {
    init {
        require(path.startsWith('/')) { "path must start with a slash, was '$path'" }
    }

    /**
     * Reads the body of a request, a JSON object. If it throws a [RuntimeException], such as for a missing field, the
     * request is refused with a 400 and the exception's message.
     */
    public abstract fun read(body: String): FakeChat

    /** Returns [answer] as a whole response. */
    public abstract fun whole(answer: FakeAnswer): String

    /** Returns the event of a stream with [piece], a part of the text. */
    public abstract fun textEvent(piece: String): String

    /** Returns the event of a stream with [piece], a part of the reasoning. Default: like text. */
    public open fun reasoningEvent(piece: String): String = textEvent(piece)

    /** Returns the event of a stream with [call]. */
    public abstract fun toolCallEvent(call: FakeToolCall): String

    /** Returns the last event of a stream: the finish reason of [answer], its usage, and the end marker. */
    public abstract fun endEvent(answer: FakeAnswer): String

    /** Returns the body of an error, also inside a stream. [status] is 500 there. */
    public abstract fun error(status: Int, code: String?, message: String): String
}

/**
 * A request for a chat answer, as [FakeFormat.read] found it.
 *
 * @property model the requested model
 * @property messages the messages in order, with the roles `system`, `user`, `assistant` and `tool`
 * @property stream whether the answer must be streamed
 * @property maxTokens the requested token limit, or null
 * @property tools the names of the offered tools
 */
public class FakeChat
@JvmOverloads
constructor(
    @get:JvmName("model") public val model: String,
    @get:JvmName("messages") public val messages: List<FakeMessage>,
    @get:JvmName("stream") public val stream: Boolean,
    @get:JvmName("maxTokens") public val maxTokens: Int? = null,
    @get:JvmName("tools") public val tools: List<String> = emptyList(),
) {
    override fun toString(): String = "FakeChat($model, ${messages.size} messages)"
}

/** A scripted answer, for a [FakeFormat] to write. */
public class FakeAnswer internal constructor(private val answer: Answer) {
    /** The model that the answer names. */
    @get:JvmName("model")
    public val model: String get() = answer.model

    /** The whole text. Empty if there is none. Not for [FakeFormat.endEvent] of an endless reply. */
    @get:JvmName("text")
    public val text: String get() = answer.tokens.joinToString("") + answer.refusal.joinToString("")

    /** The whole reasoning. Empty if there is none. */
    @get:JvmName("reasoning")
    public val reasoning: String get() = answer.reasoning.joinToString("")

    /** The tool calls in order. */
    @get:JvmName("toolCalls")
    public val toolCalls: List<FakeToolCall> get() = answer.toolCalls.map { FakeToolCall(it.id, it.name, it.arguments) }

    /** The finish reason: the one of the script, or else `stop`, `length` or `tool_calls`. */
    @get:JvmName("finishReason")
    public val finishReason: String get() = answer.finishReason

    /** The number of tokens of the request, or null if the script leaves the usage out. */
    @get:JvmName("inputTokens")
    public val inputTokens: Int? get() = answer.usage?.prompt

    /** The number of tokens of the answer, or null if the script leaves the usage out. */
    @get:JvmName("outputTokens")
    public val outputTokens: Int? get() = answer.usage?.completion

    /** The part of [inputTokens] that was read from a cache, or null if the script leaves the usage out. */
    @get:JvmName("cachedInputTokens")
    public val cachedInputTokens: Int? get() = answer.usage?.cached

    /** The part of [outputTokens] that is reasoning, or null if the script leaves the usage out. */
    @get:JvmName("reasoningTokens")
    public val reasoningTokens: Int? get() = answer.usage?.reasoning

    override fun toString(): String = "FakeAnswer($model, $finishReason)"
}
