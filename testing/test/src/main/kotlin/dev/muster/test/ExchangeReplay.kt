package dev.muster.test

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import com.sun.net.httpserver.HttpExchange
import dev.muster.test.internal.ConnectionCut
import dev.muster.test.internal.End
import dev.muster.test.internal.LoopbackServer
import dev.muster.test.internal.RecordedExchange
import dev.muster.test.internal.RecordedRequest
import dev.muster.test.internal.Redaction
import dev.muster.test.internal.differences
import java.nio.file.Path
import java.util.concurrent.CountDownLatch

/**
 * Replays the exchanges that an [ExchangeRecorder] recorded. Needs no network and no real key.
 *
 * ```java
 * try (ExchangeReplay replay = ExchangeReplay.start(directory);
 *     Muster muster = Muster.builder()
 *         .provider("openai", config -> config.baseUrl(replay.url()).apiKey("none"))
 *         .build()) {
 *   assertEquals("7", muster.model("openai::gpt-4o-mini").ask("Name a prime").execute());
 * }
 * ```
 *
 * A request gets the response that was recorded for the same method, path and body. If the same request was recorded
 * several times, its recordings are used in order, each once. A request that was not recorded fails with an
 * [dev.muster.error.InvalidRequestException] with the code `not_recorded`; its message says how the request differs
 * from the closest recording. If the program swallows that exception, [verify] and [close] fail with the same message.
 *
 * A stream is sent event by event, without delays. A stream that was cut is cut again. One that the client left stays
 * open until the client leaves it. Thread-safe.
 */
public class ExchangeReplay private constructor(builder: Builder) : AutoCloseable {
    private val directory = builder.directory
    private val recorded = RecordedExchange.files(directory).map(RecordedExchange::read)
    private val redaction = Redaction(builder.kept.map { it.lowercase() }.toSet(), builder.secrets)
    private val lock = Any()
    private val used = HashSet<RecordedExchange>()
    private val unknown = ArrayList<String>()
    private val closing = CountDownLatch(1)
    private val server: LoopbackServer

    init {
        require(recorded.isNotEmpty()) { "$directory contains no recordings: create them with ExchangeRecorder" }
        server = LoopbackServer(::answer)
    }

    /** The base URL for the client to use instead of the provider's. */
    @get:JvmName("url")
    public val url: String get() = server.url

    /** The requests that were not recorded so far: for each the message that says how it differs. */
    @get:JvmName("unrecorded")
    public val unrecorded: List<String> get() = synchronized(lock) { unknown.toList() }

    /** Throws an [AssertionError] if a request came that was not recorded. */
    public fun verify() {
        val asked = unrecorded
        if (asked.isNotEmpty()) throw AssertionError(asked.joinToString("\n"))
    }

    /** Stops the replay, then calls [verify]. */
    override fun close() {
        closing.countDown()
        server.close()
        verify()
    }

    private fun answer(exchange: HttpExchange) {
        val uri = exchange.requestURI
        val hidden = redaction.with(exchange.requestHeaders, uri.rawQuery)
        val asked =
            RecordedRequest(
                exchange.requestMethod,
                hidden.text(uri.rawPath),
                hidden.query(uri.rawQuery),
                emptyMap(),
                RecordedExchange.json(hidden.text(exchange.requestBody.readAllBytes().decodeToString())),
            )
        val found = synchronized(lock) { find(asked)?.also { used += it } }
        if (found == null) refuse(exchange, asked) else play(exchange, found)
    }

    private fun find(asked: RecordedRequest): RecordedExchange? =
        recorded.firstOrNull { it !in used && same(it, asked) }

    private fun same(exchange: RecordedExchange, asked: RecordedRequest) =
        exchange.request.target == asked.target && exchange.request.body == asked.body

    private fun play(exchange: HttpExchange, recorded: RecordedExchange) {
        val response = recorded.response
        // The client left before there was a response, so it gets none again.
        if (response.status == null) return closing.await()
        response.headers.forEach { (name, value) -> exchange.responseHeaders.set(name, value) }
        exchange.sendResponseHeaders(response.status, 0)
        response.pieces.forEach {
            exchange.responseBody.write(it.encodeToByteArray())
            exchange.responseBody.flush()
        }
        when (response.end) {
            End.COMPLETE -> exchange.close()
            End.CUT -> throw ConnectionCut()
            End.LEFT -> closing.await()
        }
    }

    private fun refuse(exchange: HttpExchange, asked: RecordedRequest) {
        val fault = faultOf(asked)
        synchronized(lock) { unknown += fault }
        val body = error(asked.path, fault).toString().encodeToByteArray()
        exchange.responseHeaders.set("content-type", "application/json")
        exchange.sendResponseHeaders(BAD_REQUEST, body.size.toLong())
        exchange.responseBody.write(body)
        exchange.close()
    }

    private fun faultOf(asked: RecordedRequest): String {
        val again = recorded.filter { same(it, asked) }
        if (again.isNotEmpty()) {
            val files = again.joinToString { it.file }
            return "${asked.target} was recorded ${again.size} times ($files) but was requested once more"
        }
        val alike = recorded.filter { it.request.target == asked.target }
        val nearest = alike.minByOrNull { differences(it.request.body, asked.body).size }
        return if (nearest == null) {
            "${asked.target} was not recorded; recorded requests: ${recorded.map { it.request.target }.distinct()}"
        } else {
            val lines = differences(nearest.request.body, asked.body)
            "${asked.target} was not recorded with this body; the closest one, ${nearest.file}, differs in:\n" +
                lines.joinToString("\n") { "  $it" }
        }
    }

    /** Returns an error in the API format that the client of [path] reads. */
    private fun error(path: String, message: String): JsonNode {
        val node = ObjectMapper().createObjectNode()
        if (path.startsWith("/api/")) return node.put("error", message).put("code", NOT_RECORDED)
        val error = node.put("type", "error").putObject("error")
        error.put("type", "invalid_request_error").put("code", NOT_RECORDED).put("message", message)
        return node
    }

    override fun toString(): String = "ExchangeReplay($url, ${recorded.size} exchanges)"

    /** Builds an [ExchangeReplay]. Not thread-safe. */
    public class Builder internal constructor(@get:JvmSynthetic internal val directory: Path) {
        @get:JvmSynthetic
        internal val secrets = ArrayList<String>()

        @get:JvmSynthetic
        internal val kept = ArrayList<String>()

        /** Replaces [text] as in the recording: repeat each call of [ExchangeRecorder.Builder.secret]. */
        public fun secret(text: String): Builder = apply { secrets += text }

        /** Keeps [name] as in the recording: repeat each call of [ExchangeRecorder.Builder.keep]. */
        public fun keep(name: String): Builder = apply { kept += name }

        /**
         * Starts the replay.
         *
         * @throws IllegalArgumentException if the directory contains no recordings, or a JSON file that is not a valid
         * recording
         */
        public fun start(): ExchangeReplay = ExchangeReplay(this)
    }

    /** Starts replays. */
    public companion object {
        private const val BAD_REQUEST = 400
        private const val NOT_RECORDED = "not_recorded"

        /** Replays the recordings in [directory]; see [Builder.start]. */
        @JvmStatic
        public fun start(directory: Path): ExchangeReplay = builder(directory).start()

        /**
         * Returns a builder of a replay of the recordings in [directory], for recordings made with
         * [ExchangeRecorder.Builder.secret] or [ExchangeRecorder.Builder.keep].
         */
        @JvmStatic
        public fun builder(directory: Path): Builder = Builder(directory)
    }
}
