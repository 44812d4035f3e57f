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
 * Stands between a client and a provider, hands everything on, and writes each exchange into a file, for
 * [ExchangeReplay] to play it without a network.
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
 * The files are JSON to be read and kept with the tests, one for each exchange, named after what was asked: recorded
 * anew, a request keeps its file. A stream is written event by event; what the client left, as far as it came.
 *
 * **Without secrets**: of the headers and of the parameters of a URL only those are written that are known to be
 * harmless; the values of those that look secret (keys, authorization, cookies, organisations) are replaced wherever
 * else they stand, in URLs and bodies, and where a stream says them piece by piece. What the prompts hold is yours to
 * judge: [Builder.secret] replaces more.
 *
 * Thread-safe: calls may run at the same time. A call that its client leaves is left here too, but only when the
 * provider sends more: until then it goes on, and is billed.
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

    /** The base URL to give to the client in place of the provider's. */
    @get:JvmName("url")
    public val url: String get() = server.url

    /**
     * Ends the relay. What runs is recorded as far as it has come, as left by the client.
     *
     * @throws IllegalStateException where an exchange could not be written, or the provider not be reached
     */
    override fun close() {
        closing = true
        server.close()
        failure.get()?.let { throw IllegalStateException("Not all has been recorded in $directory", it) }
    }

    @Suppress("TooGenericExceptionCaught") // Whatever it was: the test is to learn of it when it closes this.
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
        // By the order in which they were asked for, not by that in which they are answered.
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
        // A provider repeats in an error the organisation that its headers name.
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
        // Compressed, the files could not be read.
        return request.setHeader("accept-encoding", "identity").build()
    }

    private fun write(exchange: RecordedExchange, number: Int) {
        // By an interrupt a relay that waits is ended; it would end the writing too.
        Thread.interrupted()
        try {
            exchange.write(directory, number)
        } catch (e: IOException) {
            failure.compareAndSet(null, e)
        }
    }

    override fun toString(): String = "ExchangeRecorder($url for $target)"

    /** Hands an answer on as it comes, and keeps it. Not by a stream, which forgets what came before a failure. */
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
                "'$target' is no URL of a provider: write https://host/path"
            }
        }

        @get:JvmSynthetic
        internal val secrets = ArrayList<String>()

        @get:JvmSynthetic
        internal val kept = ArrayList<String>()

        /** Replaces [text] by `***` wherever it stands, in a URL and in the pieces of a stream as well. */
        public fun secret(text: String): Builder = apply { secrets += text }

        /** Writes the header, or the parameter of a URL, called [name] as well. */
        public fun keep(name: String): Builder = apply { kept += name }

        /**
         * Starts to record.
         *
         * @throws IllegalStateException where the directory holds recordings already
         */
        public fun start(): ExchangeRecorder {
            Files.createDirectories(directory)
            check(RecordedExchange.files(directory).isEmpty()) {
                "$directory holds recordings: delete them to record anew"
            }
            return ExchangeRecorder(this)
        }
    }

    /** Starts recorders. */
    public companion object {
        private val NOTHING = RecordedResponse(null, emptyMap(), emptyList(), isStream = false, End.LEFT)

        // And the compression.
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

        /** Records what goes to the base URL [target] in [directory]; see [Builder.start]. */
        @JvmStatic
        public fun start(target: String, directory: Path): ExchangeRecorder = builder(target, directory).start()

        /**
         * A builder of what records what goes to the base URL [target] in [directory].
         *
         * @throws IllegalArgumentException where [target] is no URL
         */
        @JvmStatic
        public fun builder(target: String, directory: Path): Builder = Builder(target, directory)
    }
}
