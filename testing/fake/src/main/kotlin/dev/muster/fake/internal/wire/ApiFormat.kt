package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.net.HttpStatus

/** The kind of request that a path is for. */
internal enum class Route { CHAT, EMBEDDINGS, MODELS }

/**
 * One provider's API format: how a request is recognised, checked and read, and how responses, stream events and
 * errors look. A new provider needs one more implementation and one more field table. The engine does not know them
 * by name.
 */
@Suppress("TooManyFunctions") // An API format has this many parts.
internal interface ApiFormat {
    /**
     * The route of [path] in this API format, or null. The engine checks whether it is at a [known path][paths], and
     * the method.
     */
    fun route(path: String, header: (String) -> String?): Route?

    /** The paths of the methods of this API format. */
    val paths: Paths

    /** The part of [path] that names the method. [route] must have accepted the path. */
    fun method(path: String): String

    /** Returns the key of a request, or null. */
    fun key(header: (String) -> String?): String?

    /** Whether the provider refuses requests without a key. */
    val keyRequired: Boolean

    /** The status of a request without a key. */
    val statusWithoutKey: Int get() = HttpStatus.UNAUTHORIZED

    /** The status of a request with a wrong key. */
    val statusOfWrongKey: Int get() = HttpStatus.UNAUTHORIZED

    /**
     * Checks a request's [body] against the provider's published schema, and the request's other requirements except
     * the key. [extra] top-level fields are accepted.
     */
    fun violation(body: JsonNode, extra: Set<String>, request: HttpRequest): Violation?

    /**
     * Refuses a conversation that lacks or changes something that came with a tool call and that the provider
     * requires back with the call's result.
     */
    fun forgotten(body: JsonNode, memory: Memory): Violation? = null

    /** Returns what came with the tool calls of [answer] and must be sent back with their results. */
    fun kept(answer: Answer): List<JsonNode> = emptyList()

    /** Reads a request whose [body] passed [violation]. */
    fun read(body: JsonNode, request: HttpRequest): Asked

    /** The finish reason of a response that calls tools. */
    val toolCallFinish: String

    /** How stream frames are encoded. */
    val framing: Framing

    /** Returns [answer] as a whole response. */
    fun whole(asked: Asked, answer: Answer): ObjectNode

    /** Returns [answer] as a stream. It is lazy, because an answer may be endless. */
    fun frames(asked: Asked, answer: Answer): Iterator<Frame>

    /** Returns an error body. Null parts are filled in as the provider does for [status]. */
    fun error(status: Int, code: String?, message: String?, param: String? = null): ObjectNode

    /** Returns an error event for a stream that started with 200. */
    fun errorFrame(code: String?, message: String?): Frame

    /** Returns a whole response with status 200 that reports a failure. */
    fun failed(asked: Asked, answer: Answer, code: String?, message: String?): String = errorFrame(code, message).data

    /** Checks the query of a request for the list of models. */
    fun queryViolation(query: Map<String, String>): Violation? = null

    /** Returns the list of models, or the page that [query] requests. */
    fun models(names: List<String>, query: Map<String, String>): ObjectNode

    /** Returns the headers that the provider adds to every response. [serial] is the number of the request. */
    fun headers(serial: Int): Map<String, String>

    /** Returns the headers that report the request limit, if the provider has any. */
    fun limitHeaders(state: LimitState): Map<String, String> = emptyMap()
}

/** An API format that also has embeddings. */
internal interface EmbeddingFormat : ApiFormat {
    /** Returns the response to an embedding request: [vectors], one for each text, with [answer]'s model and usage. */
    fun embeddings(asked: Asked, answer: Answer, vectors: List<FloatArray>): ObjectNode
}

/** The position of a frame in a stream. */
internal enum class FrameKind {
    /** Before the first piece of the answer, or between its pieces. */
    OPEN,

    /** A piece of the answer: reasoning, text, refusal or part of a tool call. */
    TOKEN,

    /** Reports the finish reason. */
    FINISH,

    /** Follows the finish frame, such as usage. */
    TAIL,

    /** The end marker, if it is its own frame. */
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

        // NDJSON has no comments. Readers must skip empty lines, which are the closest equivalent.
        override fun comment(style: Style): String = style.lineEnd
    }, ;

    abstract fun bytes(frame: Frame, style: Style): String

    abstract fun comment(style: Style): String
}
