package dev.muster.fake

import com.fasterxml.jackson.databind.JsonNode
import dev.muster.fake.internal.Exchange
import dev.muster.fake.internal.Phase
import dev.muster.fake.internal.Progress

/** Where a request stands. */
public enum class FakeRequestState {
    /** Arrived; no byte of the reply has been sent. */
    WAITING,

    /** The reply has begun. */
    ANSWERING,

    /** The whole reply is with the client's socket; replies that are errors too. */
    COMPLETED,

    /** The server ended the connection before the reply was complete, as scripted or by [FakeServer.close]. */
    CUT,

    /** The client closed before the reply was complete. */
    DISCONNECTED,
}

/**
 * A message of a request.
 *
 * @property role as sent (but Gemini's `model` is `assistant`); `system` and `tool` also where the form has them
 *   beside the messages or inside a user turn
 * @property text the text of its content, parts joined; empty when it has none
 * @property toolCallId the call that a tool message answers, or null
 */
public class FakeMessage internal constructor(
    @get:JvmName("role") public val role: String,
    @get:JvmName("text") public val text: String,
    @get:JvmName("toolCallId") public val toolCallId: String?,
) {
    override fun toString(): String = "$role: $text"
}

/**
 * A request as the server saw it: an immutable snapshot, its stamps as of the moment it was taken.
 *
 * Stamps are [System.nanoTime] values of the server's JVM, null for what has not happened.
 */
public class FakeRequest internal constructor(private val exchange: Exchange, private val progress: Progress) {
    /** Its number in the order of arrival, from 0. */
    @get:JvmName("index")
    public val index: Int get() = exchange.index

    /** The HTTP method. */
    @get:JvmName("method")
    public val method: String get() = exchange.http.method

    /** The path without its query. */
    @get:JvmName("path")
    public val path: String get() = exchange.http.path

    /** The query without its question mark; empty when there is none. */
    @get:JvmName("query")
    public val query: String get() = exchange.http.query

    /** Headers; names are looked up without regard to case. */
    @get:JvmName("headers")
    public val headers: Map<String, List<String>> get() = exchange.http.headers

    /** The body as text. */
    @get:JvmName("body")
    public val body: String by lazy { String(exchange.http.body, Charsets.UTF_8) }

    /** The model asked for; empty for a request that the server refused or that lists models. */
    @get:JvmName("model")
    public val model: String get() = exchange.asked?.model.orEmpty()

    /** The text of the last user message; empty when there is none. */
    @get:JvmName("prompt")
    public val prompt: String get() = exchange.asked?.prompt.orEmpty()

    /** The messages in order; empty for a request that the server refused. */
    @get:JvmName("messages")
    public val messages: List<FakeMessage>
        get() = exchange.asked?.messages.orEmpty().map { FakeMessage(it.role, it.text, it.toolCallId) }

    /** The texts to embed; empty for a request that asks for something else. */
    @get:JvmName("inputs")
    public val inputs: List<String> get() = exchange.asked?.inputs.orEmpty()

    /** The names of the tools offered. */
    @get:JvmName("tools")
    public val tools: List<String> get() = exchange.asked?.tools.orEmpty()

    /** Whether a stream was asked for. */
    @get:JvmName("stream")
    public val stream: Boolean get() = exchange.asked?.stream ?: false

    /** The token limit asked for, in whichever field, or null. */
    @get:JvmName("maxTokens")
    public val maxTokens: Int? get() = exchange.asked?.maxTokens

    /** Why the server refused the request as the provider would, or null when it did not. */
    @get:JvmName("rejection")
    public val rejection: String? get() = exchange.rejection

    /** Where it stood when the snapshot was taken. */
    @get:JvmName("state")
    public val state: FakeRequestState get() = STATES.getValue(progress.phase)

    /** When its last byte had been read. */
    @get:JvmName("arrivedAt")
    public val arrivedAt: Long get() = exchange.arrivedAt

    /** When the first byte of the reply was with the socket, or null. */
    @get:JvmName("firstByteAt")
    public val firstByteAt: Long? get() = progress.firstByteAt

    /** When it ended, in whichever way, or null while it is under way. */
    @get:JvmName("endedAt")
    public val endedAt: Long? get() = progress.endedAt

    /** When the socket reported that the client had closed before the reply was complete, or null. */
    @get:JvmName("disconnectedAt")
    public val disconnectedAt: Long? get() = progress.disconnectedAt

    /** How many tokens of a stream had been sent. */
    @get:JvmName("tokensSent")
    public val tokensSent: Int get() = progress.tokensSent

    /** The first value of a header, or null. */
    public fun header(name: String): String? = exchange.http.header(name)

    /**
     * A field of the JSON body by its JSON pointer, such as `/messages/0/content`: the text of a string, the JSON
     * text of anything else, null when there is no such field or it is null.
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
