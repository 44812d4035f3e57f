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
 * Plays what an [ExchangeRecorder] has recorded: needs no network and no key that is worth anything.
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
 * A request gets the answer to the recorded one with its method, path and body; asked for again, the next of its
 * recordings; no two calls get the same. One that was not recorded ends with an
 * [dev.muster.error.InvalidRequestException] with the code `not_recorded` that says what is different from the nearest
 * recording; where the program swallows that, [verify], which [close] does as well, fails with it.
 *
 * A stream comes event by event, without the waits; one that was cut is cut, one that the client left waits for it to
 * leave. Thread-safe.
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
        require(recorded.isNotEmpty()) { "$directory holds no recordings: make some with ExchangeRecorder" }
        server = LoopbackServer(::answer)
    }

    /** The base URL to give to the client in place of the provider's. */
    @get:JvmName("url")
    public val url: String get() = server.url

    /** What was asked for and not recorded: for each request what is different. */
    @get:JvmName("unrecorded")
    public val unrecorded: List<String> get() = synchronized(lock) { unknown.toList() }

    /** Fails with an [AssertionError] where something was asked for that was not recorded. */
    public fun verify() {
        val asked = unrecorded
        if (asked.isNotEmpty()) throw AssertionError(asked.joinToString("\n"))
    }

    /** Ends the replay, and does what [verify] does. */
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
        // Left before it was answered: so it is again.
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
            return "${asked.target} was recorded ${again.size} times ($files) and is asked for once more"
        }
        val alike = recorded.filter { it.request.target == asked.target }
        val nearest = alike.minByOrNull { differences(it.request.body, asked.body).size }
        return if (nearest == null) {
            "${asked.target} was not recorded: recorded are ${recorded.map { it.request.target }.distinct()}"
        } else {
            val lines = differences(nearest.request.body, asked.body)
            "${asked.target} was not recorded as it is asked for; the nearest, ${nearest.file}, differs in\n" +
                lines.joinToString("\n") { "  $it" }
        }
    }

    /** An error in the form that the client of [path] reads. */
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

        /** What [ExchangeRecorder.Builder.secret] was told. */
        public fun secret(text: String): Builder = apply { secrets += text }

        /** What [ExchangeRecorder.Builder.keep] was told. */
        public fun keep(name: String): Builder = apply { kept += name }

        /**
         * Starts to play.
         *
         * @throws IllegalArgumentException where there are no recordings, or a file there is none
         */
        public fun start(): ExchangeReplay = ExchangeReplay(this)
    }

    /** Starts replays. */
    public companion object {
        private const val BAD_REQUEST = 400
        private const val NOT_RECORDED = "not_recorded"

        /** Plays the recordings in [directory]; see [Builder.start]. */
        @JvmStatic
        public fun start(directory: Path): ExchangeReplay = builder(directory).start()

        /** A builder of what plays the recordings in [directory], where they were made with more than the usual. */
        @JvmStatic
        public fun builder(directory: Path): Builder = Builder(directory)
    }
}
