package dev.muster.fake

import com.fasterxml.jackson.databind.JsonNode
import dev.muster.fake.internal.Exchange
import dev.muster.fake.internal.Phase
import dev.muster.fake.internal.Progress

/** The state of a request. */
public enum class FakeRequestState {
    /** The request has arrived. No byte of the reply has been sent. */
    WAITING,

    /** The reply has started. */
    ANSWERING,

    /** The whole reply has been written to the socket. Also for error replies. */
    COMPLETED,

    /** The server closed the connection before the reply was complete, as scripted or by [FakeServer.close]. */
    CUT,

    /** The client closed before the reply was complete. */
    DISCONNECTED,
}

/**
 * A message of a request.
 *
 * @property role as sent, but Gemini's `model` is `assistant`; `system` and `tool` also if the API format has them
 * outside the messages or inside a user turn
 * @property text the text of its content, with its parts joined; empty if there is none
 * @property toolCallId the id of the call that a tool message responds to, or null
 */
public class FakeMessage(
    @get:JvmName("role") public val role: String,
    @get:JvmName("text") public val text: String,
    @get:JvmName("toolCallId") public val toolCallId: String?,
) {
    override fun toString(): String = "$role: $text"
}

/**
 * An immutable snapshot of a request as the server received it.
 *
 * Timestamps are [System.nanoTime] values of the server's JVM, or null for what has not happened yet.
 */
public class FakeRequest internal constructor(private val exchange: Exchange, private val progress: Progress) {
    /** The number of the request in the order of arrival, from 0. */
    @get:JvmName("index")
    public val index: Int get() = exchange.index

    /** The HTTP method. */
    @get:JvmName("method")
    public val method: String get() = exchange.http.method

    /** The path without its query. */
    @get:JvmName("path")
    public val path: String get() = exchange.http.path

    /** The query without its question mark. Empty if there is none. */
    @get:JvmName("query")
    public val query: String get() = exchange.http.query

    /** The headers. Names are case-insensitive. */
    @get:JvmName("headers")
    public val headers: Map<String, List<String>> get() = exchange.http.headers

    /** The body as text. */
    @get:JvmName("body")
    public val body: String by lazy { String(exchange.http.body, Charsets.UTF_8) }

    /** The requested model. Empty for a request that was refused or that lists models. */
    @get:JvmName("model")
    public val model: String get() = exchange.asked?.model.orEmpty()

    /** The text of the last user message. Empty if there is none. */
    @get:JvmName("prompt")
    public val prompt: String get() = exchange.asked?.prompt.orEmpty()

    /** The messages in order. Empty for a request that was refused. */
    @get:JvmName("messages")
    public val messages: List<FakeMessage>
        get() = exchange.asked?.messages.orEmpty().map { FakeMessage(it.role, it.text, it.toolCallId) }

    /** The texts to embed. Empty for other requests. */
    @get:JvmName("inputs")
    public val inputs: List<String> get() = exchange.asked?.inputs.orEmpty()

    /** The names of the offered tools. */
    @get:JvmName("tools")
    public val tools: List<String> get() = exchange.asked?.tools.orEmpty()

    /** Whether the request is for a stream. */
    @get:JvmName("stream")
    public val stream: Boolean get() = exchange.asked?.stream ?: false

    /** The requested token limit, from any of the fields for it, or null. */
    @get:JvmName("maxTokens")
    public val maxTokens: Int? get() = exchange.asked?.maxTokens

    /** Why the server refused the request, or null if it did not. */
    @get:JvmName("rejection")
    public val rejection: String? get() = exchange.rejection

    /** The state when the snapshot was taken. */
    @get:JvmName("state")
    public val state: FakeRequestState get() = STATES.getValue(progress.phase)

    /** When the last byte of the request was read. */
    @get:JvmName("arrivedAt")
    public val arrivedAt: Long get() = exchange.arrivedAt

    /** When the first byte of the reply was written to the socket, or null. */
    @get:JvmName("firstByteAt")
    public val firstByteAt: Long? get() = progress.firstByteAt

    /** When the reply ended, in any way, or null while it is in progress. */
    @get:JvmName("endedAt")
    public val endedAt: Long? get() = progress.endedAt

    /** When the socket reported that the client had closed before the reply was complete, or null. */
    @get:JvmName("disconnectedAt")
    public val disconnectedAt: Long? get() = progress.disconnectedAt

    /** The number of tokens of a stream sent so far. */
    @get:JvmName("tokensSent")
    public val tokensSent: Int get() = progress.tokensSent

    /** Returns the first value of a header, or null. */
    public fun header(name: String): String? = exchange.http.header(name)

    /**
     * Returns a field of the JSON body by its JSON pointer, such as `/messages/0/content`. Returns the text of a
     * string, the JSON text of any other value, and null if the field is missing or null.
     */
    public fun field(pointer: String): String? {
        val node: JsonNode = exchange.json?.at(pointer) ?: return null
        return when {
            node.isMissingNode || node.isNull -> null
            node.isTextual -> node.textValue()
            else -> node.toString()
        }
    }

    override fun toString(): String = "FakeRequest($index, $method $path, model=$model, $state)"

    private companion object {
        private val STATES =
            mapOf(
                Phase.WAITING to FakeRequestState.WAITING,
                Phase.ANSWERING to FakeRequestState.ANSWERING,
                Phase.COMPLETED to FakeRequestState.COMPLETED,
                Phase.CUT to FakeRequestState.CUT,
                Phase.DISCONNECTED to FakeRequestState.DISCONNECTED,
            )
    }
}
