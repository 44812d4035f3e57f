package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.net.HttpStatus

/** What a path asks for. */
internal enum class Route { CHAT, EMBEDDINGS, MODELS }

/**
 * One provider's protocol: how a request is recognised, checked and read, and how answers, stream events and errors
 * look. A new provider is one more implementation and one more field table; the engine knows none of them by name.
 */
@Suppress("TooManyFunctions") // A protocol has as many sides.
internal interface WireForm {
    /** What this form serves at [path], or null. Whether it [lies there][paths], and the method, the engine checks. */
    fun route(path: String, header: (String) -> String?): Route?

    /** Where the methods of this form lie. */
    val paths: Paths

    /** The part of [path], for which [route] has found something, that names the method. */
    fun method(path: String): String

    /** The key a request carries, or null. */
    fun key(header: (String) -> String?): String?

    /** Whether requests without a key are refused as the provider does. */
    val keyRequired: Boolean

    /** The status of a request without a key. */
    val statusWithoutKey: Int get() = HttpStatus.UNAUTHORIZED

    /** The status of a request with a wrong key. */
    val statusOfWrongKey: Int get() = HttpStatus.UNAUTHORIZED

    /**
     * Checks a request's [body] against the provider's published schema, and what the protocol demands of the rest
     * besides the key; [extra] top-level fields are let through.
     */
    fun violation(body: JsonNode, extra: Set<String>, request: HttpRequest): Violation?

    /**
     * Refuses a conversation in which something is missing or changed that came with a tool call and that the provider
     * wants back with the call's result.
     */
    fun forgotten(body: JsonNode, memory: Memory): Violation? = null

    /** What [answer] holds besides its tool calls that has to come back with their results. */
    fun kept(answer: Answer): List<JsonNode> = emptyList()

    /** Reads a request whose [body] passed [violation]. */
    fun read(body: JsonNode, request: HttpRequest): Asked

    /** The finish reason of an answer that calls tools. */
    val toolCallFinish: String

    /** How stream frames are put into bytes. */
    val framing: Framing

    /** The answer in one piece. */
    fun whole(asked: Asked, answer: Answer): ObjectNode

    /** The answer as a stream, lazily: an answer may be endless. */
    fun frames(asked: Asked, answer: Answer): Iterator<Frame>

    /** An error body; parts that are null are filled in as the provider does for [status]. */
    fun error(status: Int, code: String?, message: String?, param: String? = null): ObjectNode

    /** An error inside a stream that began with 200. */
    fun errorFrame(code: String?, message: String?): Frame

    /** A whole answer with status 200 that reports a failure. */
    fun failed(asked: Asked, answer: Answer, code: String?, message: String?): String = errorFrame(code, message).data

    /** Checks the query of a request for the list of models. */
    fun queryViolation(query: Map<String, String>): Violation? = null

    /** The list of models, or the page of it that [query] asks for. */
    fun models(names: List<String>, query: Map<String, String>): ObjectNode

    /** Headers the provider adds to every reply; [serial] numbers the request. */
    fun headers(serial: Int): Map<String, String>

    /** The headers that say where a limit of requests stands, where the provider has such. */
    fun limitHeaders(state: LimitState): Map<String, String> = emptyMap()
}

/** A protocol that has embeddings as well. */
internal interface EmbeddingForm : WireForm {
    /** The answer to a request for embeddings: [vectors], one for each text, with [answer]'s model and usage. */
    fun embeddings(asked: Asked, answer: Answer, vectors: List<FloatArray>): ObjectNode
}

/** Where a frame stands in a stream. */
internal enum class FrameKind {
    /** Before the first piece of the answer, or between its pieces. */
    OPEN,

    /** A piece of the answer: reasoning, text, refusal or part of a tool call. */
    TOKEN,

    /** Says why the answer ended. */
    FINISH,

    /** Follows the finish, such as usage. */
    TAIL,

    /** The protocol's end marker, where it is a frame of its own. */
    MARKER,
}

/** One event of a stream. */
internal class Frame(
    val kind: FrameKind,
    val data: String,
    /** The SSE event name; null for none. */
    val event: String? = null,
)

/** Odd but legal ways to write a stream. */
internal class Style(val lineEnd: String, val spaceAfterColon: Boolean)

/** How frames become bytes. */
internal enum class Framing(val contentType: String) {
    SSE("text/event-stream; charset=utf-8") {
        override fun bytes(frame: Frame, style: Style): String {
            val space = if (style.spaceAfterColon) " " else ""
            val name = frame.event?.let { "event:$space$it${style.lineEnd}" }.orEmpty()
            return "${name}data:$space${frame.data}${style.lineEnd}${style.lineEnd}"
        }

        override fun comment(style: Style): String = ": ping${style.lineEnd}${style.lineEnd}"
    },
    NDJSON("application/x-ndjson") {
        override fun bytes(frame: Frame, style: Style): String = frame.data + style.lineEnd

        // NDJSON knows no comments; an empty line is the nearest thing that readers must skip.
        override fun comment(style: Style): String = style.lineEnd
    }, ;

    abstract fun bytes(frame: Frame, style: Style): String

    abstract fun comment(style: Style): String
}
