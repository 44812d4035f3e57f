package dev.muster.test

import com.sun.net.httpserver.HttpExchange
import dev.muster.test.internal.ConnectionCut
import dev.muster.test.internal.End
import dev.muster.test.internal.LoopbackServer
import dev.muster.test.internal.RecordedExchange
import dev.muster.test.internal.RecordedRequest
import dev.muster.test.internal.RecordedResponse
import dev.muster.test.internal.Redaction
import dev.muster.test.internal.streamParts
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.UncheckedIOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicReference

/**
 * Records the HTTP exchanges between a client and a provider, so that [ExchangeReplay] can replay them without a
 * network.
 *
 * The recorder is a server on a loopback port. It forwards each request to the provider, forwards the response to the
 * client, and writes both to a file.
 *
 * ```java
 * try (ExchangeRecorder recorder = ExchangeRecorder.start("https://api.openai.com/v1", directory);
 *     Muster muster = Muster.builder()
 *         .provider("openai", config -> config.baseUrl(recorder.url()))
 *         .build()) {
 *   muster.model("openai::gpt-4o-mini").ask("Name a prime").execute();
 * }
 * ```
 *
 * **Files.** Each exchange is one readable JSON file; keep the files with the tests. The name is derived from the
 * request, so a request that is recorded again gets the same file name. A stream is written event by event. If the
 * client disconnects, the file contains what was received until then.
 *
 * **Secrets.** Only headers and URL parameters that are known to be harmless are written. The values of those that look
 * secret (keys, authorization, cookies, organizations) are replaced everywhere else too: in URLs, in bodies, and if a
 * stream sends them in several pieces. The recorder does not know what your prompts contain: use [Builder.secret] to
 * replace more.
 *
 * Thread-safe: calls may run at the same time. If the client cancels a call, the recorder notices it only when the
 * provider sends more data. Until then the provider continues, and bills the call.
 */
public class ExchangeRecorder private constructor(builder: Builder) : AutoCloseable {
    private val target = builder.target.trimEnd('/')
    private val directory = builder.directory
    private val redaction = Redaction(builder.kept.map { it.lowercase() }.toSet(), builder.secrets)
    private val numbers = ConcurrentHashMap<String, Int>()
    private val failure = AtomicReference<Exception>()
    private val client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).build()

    @Volatile
    private var closing = false
    private val server = LoopbackServer(::relay)

    /** The base URL for the client to use instead of the provider's. */
    @get:JvmName("url")
    public val url: String get() = server.url

    /**
     * Stops recording. An exchange that is still running is recorded up to this point, as if the client had left it.
     *
     * @throws IllegalStateException if an exchange could not be written, or the provider could not be reached
     */
    override fun close() {
        closing = true
        server.close()
        failure.get()?.let { throw IllegalStateException("Not all exchanges were recorded in $directory", it) }
    }

    @Suppress("TooGenericExceptionCaught") // Any failure is kept, so that close() reports it to the test.
    private fun relay(exchange: HttpExchange) = try {
        record(exchange)
    } catch (e: ConnectionCut) {
        throw e
    } catch (e: RuntimeException) {
        failure.compareAndSet(null, e)
        throw e
    }

    private fun record(exchange: HttpExchange) {
        val uri = exchange.requestURI
        val hidden = redaction.with(exchange.requestHeaders, uri.rawQuery)
        val body = exchange.requestBody.readAllBytes()
        val request =
            RecordedRequest(
                exchange.requestMethod,
                hidden.text(uri.rawPath),
                hidden.query(uri.rawQuery),
                hidden.headers(exchange.requestHeaders),
                RecordedExchange.json(hidden.text(body.decodeToString())),
            )
        // Numbered in the order of the requests, not of the responses.
        val number = numbers.merge(request.name, 1, Int::plus) ?: 1
        val handing = Handing(exchange)
        val end = send(outgoing(exchange, body), handing)
        val answer = handing.info
        val response = if (answer == null) NOTHING else response(answer, handing.text(), end, hidden)
        if (answer != null || end == End.LEFT) write(RecordedExchange(request, response), number)
        if (answer == null || end == End.CUT) throw ConnectionCut()
        exchange.close()
    }

    private fun response(
        answer: HttpResponse.ResponseInfo,
        text: String,
        end: End,
        ofRequest: Redaction,
    ): RecordedResponse {
        val headers = answer.headers().map()
        // An error body may repeat the organization that the response headers name.
        val hidden = ofRequest.with(headers, null)
        val type = answer.headers().firstValue("content-type").orElse("")
        val parts = streamParts(text, type)
        return RecordedResponse(
            answer.statusCode(),
            hidden.headers(headers),
            hidden.texts(parts ?: listOf(text)),
            parts != null,
            end,
        )
    }

    private fun send(request: HttpRequest, handing: Handing): End = try {
        client.send(request, handing)
        End.COMPLETE
    } catch (e: IOException) {
        val isOver = handing.hasLeft || closing
        if (handing.info == null && !isOver) failure.compareAndSet(null, e)
        if (isOver) End.LEFT else End.CUT
    } catch (_: InterruptedException) {
        End.LEFT
    }

    private fun outgoing(exchange: HttpExchange, body: ByteArray): HttpRequest {
        val uri = exchange.requestURI
        val request =
            HttpRequest
                .newBuilder(URI(target + uri.rawPath + uri.rawQuery?.let { "?$it" }.orEmpty()))
                .method(exchange.requestMethod, HttpRequest.BodyPublishers.ofByteArray(body))
        exchange.requestHeaders.filterKeys { it.lowercase() !in OF_THE_CONNECTION }.forEach { (name, values) ->
            values.forEach { request.header(name, it) }
        }
        // A compressed body would not be readable in the file.
        return request.setHeader("accept-encoding", "identity").build()
    }

    private fun write(exchange: RecordedExchange, number: Int) {
        // Closing interrupts a waiting relay. The interrupt flag would make the file write fail too.
        Thread.interrupted()
        try {
            exchange.write(directory, number)
        } catch (e: IOException) {
            failure.compareAndSet(null, e)
        }
    }

    override fun toString(): String = "ExchangeRecorder($url for $target)"

    /**
     * Forwards a response as it arrives and keeps a copy. Not based on an input stream, which would lose what was
     * received before a failure.
     */
    private class Handing(private val exchange: HttpExchange) : HttpResponse.BodyHandler<Void> {
        private val bytes = ByteArrayOutputStream()

        @Volatile
        var info: HttpResponse.ResponseInfo? = null
            private set

        @Volatile
        var hasLeft = false
            private set

        override fun apply(answer: HttpResponse.ResponseInfo): HttpResponse.BodySubscriber<Void> {
            info = answer
            toClient {
                answer.headers().map().filterKeys { it.lowercase() !in OF_THE_CONNECTION }.forEach { (name, values) ->
                    exchange.responseHeaders[name] = values
                }
                exchange.sendResponseHeaders(answer.statusCode(), 0)
            }
            return HttpResponse.BodySubscribers.ofByteArrayConsumer { part -> part.ifPresent(::hand) }
        }

        fun text(): String = bytes.toString(Charsets.UTF_8)

        private fun hand(part: ByteArray) {
            bytes.write(part)
            toClient {
                exchange.responseBody.write(part)
                exchange.responseBody.flush()
            }
        }

        private fun toClient(write: () -> Unit) {
            try {
                write()
            } catch (e: IOException) {
                hasLeft = true
                throw UncheckedIOException(e)
            }
        }
    }

    /** Builds an [ExchangeRecorder]. Not thread-safe. */
    public class Builder internal constructor(
        @get:JvmSynthetic internal val target: String,
        @get:JvmSynthetic internal val directory: Path,
    ) {
        init {
            val uri = runCatching { URI(target) }.getOrNull()
            require(uri?.host != null && uri.scheme in setOf("http", "https")) {
                "'$target' is not a valid base URL: use https://host/path"
            }
        }

        @get:JvmSynthetic
        internal val secrets = ArrayList<String>()

        @get:JvmSynthetic
        internal val kept = ArrayList<String>()

        /** Replaces [text] by `***` everywhere, including URLs and the pieces of a stream. */
        public fun secret(text: String): Builder = apply { secrets += text }

        /** Also writes the header, or the URL parameter, called [name]. */
        public fun keep(name: String): Builder = apply { kept += name }

        /**
         * Starts recording. Creates the directory if it does not exist.
         *
         * @throws IllegalStateException if the directory already contains recordings
         */
        public fun start(): ExchangeRecorder {
            Files.createDirectories(directory)
            check(RecordedExchange.files(directory).isEmpty()) {
                "$directory already contains recordings: delete them before you record again"
            }
            return ExchangeRecorder(this)
        }
    }

    /** Starts recorders. */
    public companion object {
        private val NOTHING = RecordedResponse(null, emptyMap(), emptyList(), isStream = false, End.LEFT)

        // Headers of the connection and of the compression, which are not forwarded.
        private val OF_THE_CONNECTION =
            setOf(
                "connection",
                "content-length",
                "host",
                "expect",
                "upgrade",
                "http2-settings",
                "transfer-encoding",
                "accept-encoding",
                "content-encoding",
            )

        /** Records the exchanges with the base URL [target] in [directory]; see [Builder.start]. */
        @JvmStatic
        public fun start(target: String, directory: Path): ExchangeRecorder = builder(target, directory).start()

        /**
         * Returns a builder of a recorder that records the exchanges with the base URL [target] in [directory].
         *
         * @throws IllegalArgumentException if [target] is not a valid http or https URL
         */
        @JvmStatic
        public fun builder(target: String, directory: Path): Builder = Builder(target, directory)
    }
}
