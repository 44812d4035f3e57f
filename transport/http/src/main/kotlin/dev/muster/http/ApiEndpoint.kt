package dev.muster.http

import dev.muster.error.LlmException
import dev.muster.error.MalformedResponseException
import dev.muster.http.internal.CodingException
import dev.muster.http.internal.DecodedAnswer
import dev.muster.http.internal.ExchangeLog
import dev.muster.http.internal.Failures
import dev.muster.http.internal.ProxyAuthorization
import dev.muster.http.internal.RateLimitHeaders
import dev.muster.http.internal.Secrets
import dev.muster.http.internal.ShallowJson
import dev.muster.http.internal.StreamOpening
import dev.muster.http.internal.textWithoutMark
import dev.muster.provider.RateLimitObserver
import dev.muster.provider.StreamSink
import kotlinx.coroutines.currentCoroutineContext
import java.io.IOException
import java.net.URI
import java.nio.ByteBuffer
import java.time.Duration

/** A provider's encoded request. */
public class ApiCall(
    /** The path appended to the base URL, such as `/chat/completions`. */
    public val path: String,
    /** The model, named in error messages. */
    public val model: String,
    /** The encoded JSON; not copied. */
    public val body: ByteArray,
    /** The texts that must not appear in an error message. */
    public val privateTexts: () -> List<String>,
)

/** Decodes one stream of server-sent events. Used by one coroutine. */
public abstract class EventDecoder(
    /** Receives the decoded events. */
    public val sink: StreamSink,
) {
    /** The provider's request id, or null if not known yet. */
    protected var requestId: String? = null
        private set

    /** Sets the request id to [id] unless one is already known: the id from a header takes precedence. */
    public fun identify(id: String?) {
        if (requestId != null || id.isNullOrEmpty()) return
        requestId = id
        sink.requestId(id)
    }

    /** Returns the text of [event] if it clearly carries nothing else. Returning null is always correct. */
    public open fun textOf(event: SseEvent): String? = null

    /** Handles [event]. Returns true if the response is complete. */
    public abstract suspend fun take(event: SseEvent): Boolean

    /** Handles [body], which arrived instead of a stream, if it is a complete response. Returns whether it is. */
    public open suspend fun takeBody(body: String): Boolean = false
}

/** A complete response with a 2xx status. */
public class WholeAnswer(
    /** The body. */
    public val text: String,
    /** The provider's request id, or null if no header contains it. */
    public val requestId: String?,
)

/**
 * One provider's API on the transport. Sends JSON, reads whole responses and streams, and maps every failure to an
 * [LlmException]. The provider adds only its codec.
 *
 * @param headers sent with every request, including the API key
 * @param secret the API key, which is removed from everything the peer sends; values of headers whose name suggests a
 * credential are removed too
 * @param requestIdHeader the header with the provider's request id, if it is not one of the usual ones; those are
 * checked too
 */
public class ApiEndpoint(
    private val provider: String,
    private val transport: HttpTransport,
    private val base: URI,
    headers: Map<String, String>,
    secret: String?,
    connectTimeout: Duration,
    codes: ErrorCodes,
    requestIdHeader: String? = null,
) {
    private val network = transport.network
    private val failures =
        Failures(
            provider,
            base,
            Secrets.of(secret, headers, network?.proxyCredentials?.let(::ProxyAuthorization)?.secrets.orEmpty()),
            connectTimeout,
            network,
            codes,
            requestIdHeader,
        )
    private val headers = mapOf("Content-Type" to "application/json", "User-Agent" to "muster") + headers

    /** Sends [call] and returns the whole response. */
    public suspend fun post(call: ApiCall): WholeAnswer = whole(call, "POST")

    /**
     * Sends a GET request to [path], which is appended to the base URL, and returns the whole response.
     *
     * @param subject what is requested, for error messages
     */
    public suspend fun get(path: String, subject: String): WholeAnswer =
        whole(ApiCall(path, subject, NO_BODY) { emptyList() }, "GET")

    private suspend fun whole(call: ApiCall, method: String) = exchange(call, "application/json", method) { answer ->
        val bytes =
            try {
                answer.readAll()
            } catch (e: IOException) {
                throw failures.unread(call, answer, e)
            }
        WholeAnswer(bytes.textWithoutMark(bytes.size), failures.requestId(answer))
    }

    /**
     * Sends [call] and passes every server-sent event to [decoder] until it reports that the response is complete.
     *
     * Returns true if the response is complete. Returns false if the stream ended before.
     */
    public suspend fun events(call: ApiCall, decoder: EventDecoder): Boolean = exchange(
        call,
        "text/event-stream",
    ) { answer ->
        decoder.identify(failures.requestId(answer))
        val reader = SseReader()
        val opening = StreamOpening()
        val whole =
            pump(
                call,
                answer,
                feed = { piece ->
                    if (!opening.isOver) opening.add(piece)
                    reader.feed(piece)
                },
            ) {
                var isWhole = false
                while (!isWhole && checked(call, answer, reader::next)) {
                    opening.isOver = true
                    val text = decoder.textOf(reader)
                    if (text == null) isWhole = take(reader, decoder) else decoder.sink.text(text)
                }
                isWhole
            }
        whole || rest(call, answer, reader, decoder, opening)
    }

    /**
     * Handles what remains at the end of the stream: events without their blank line, or a body that is not an event
     * stream.
     */
    private suspend fun rest(
        call: ApiCall,
        answer: HttpAnswer,
        reader: SseReader,
        decoder: EventDecoder,
        opening: StreamOpening,
    ): Boolean {
        var any = false
        while (checked(call, answer, reader::last)) {
            any = true
            if (unlessCutOff { take(reader, decoder) }) return true
        }
        if (any) return false
        if (!opening.isOver && other(call, opening.toString(), decoder, failures.requestId(answer))) return true
        ShallowJson.parse(reader.foreignLines)?.let(ErrorBody::of)?.let {
            throw failures.inStream(call, it, failures.requestId(answer))
        }
        return false
    }

    /** Keep-alive events are recognized by their name; their data does not matter. */
    private suspend fun take(event: SseEvent, decoder: EventDecoder): Boolean =
        if (event.name in KEEPING_ALIVE) false else decoder.take(event)

    /** Sends [call] and passes every line that is not blank to [line]. Otherwise like [events]. */
    public suspend fun lines(
        call: ApiCall,
        started: (requestId: String?) -> Unit,
        line: suspend (line: String) -> Boolean,
    ): Boolean = exchange(call, "application/x-ndjson") { answer ->
        started(failures.requestId(answer))
        val reader = LineReader()
        val whole =
            pump(call, answer, reader::feed) {
                var isWhole = false
                while (!isWhole) {
                    val next = checked(call, answer, reader::next) ?: break
                    isWhole = next.isNotBlank() && line(next)
                }
                isWhole
            }
        if (whole) {
            true
        } else {
            val last = reader.rest()
            !last.isNullOrBlank() && unlessCutOff { line(last) }
        }
    }

    /** Returns the exception for a failure that the provider reports inside a response with status 200. */
    public fun failureInStream(call: ApiCall, error: ErrorBody, requestId: String?): LlmException =
        failures.inStream(call, error, requestId)

    /**
     * Returns the exception for a response that violates the protocol. [why] must not quote the response: [raw] is
     * kept next to the message.
     */
    public fun malformed(call: ApiCall, why: String, raw: String, requestId: String?): MalformedResponseException =
        failures.malformed(call, why, raw, requestId)

    /**
     * Returns [text] with the API key and other secrets removed. For text from the peer that goes into an exception
     * created elsewhere.
     */
    public fun withoutSecrets(text: String): String = failures.withoutSecrets(text)

    override fun toString(): String = "ApiEndpoint($provider, $base)"

    private suspend fun <T> exchange(
        call: ApiCall,
        accept: String,
        method: String = "POST",
        handle: suspend (HttpAnswer) -> T,
    ): T {
        val body = call.body.takeIf { method == "POST" }
        val http = HttpCall(method, URI(base.toString() + call.path), headers + ("Accept" to accept), body)
        val observer = currentCoroutineContext()[RateLimitObserver]
        val log = ExchangeLog.of { "$method ${failures.asked(call)}" }
        var answered = false
        try {
            return transport.exchange(http) { answer ->
                answered = true
                log?.answered(answer.status, failures.requestId(answer))
                if (observer != null) RateLimitHeaders.read(answer::header)?.let(observer.observe)
                if (answer.status !in SUCCESS) throw failures.status(call, answer)
                val decoded = decoded(call, answer)
                try {
                    handle(decoded)
                } finally {
                    if (decoded is DecodedAnswer) decoded.close()
                }
            }
        } catch (e: IOException) {
            // After a response has arrived, the failure is not the transport's: read failures are mapped where the
            // body is read.
            throw if (answered) e else failures.unanswered(call, e).also { log?.failed(it) }
        }
    }

    private fun decoded(call: ApiCall, answer: HttpAnswer): HttpAnswer = try {
        DecodedAnswer.of(answer)
    } catch (e: CodingException) {
        throw failures.unread(call, answer, e)
    }

    /**
     * Passes every chunk of the body to [feed]. After each read, calls [consume] until it returns true. Returns false
     * if the body ends before.
     */
    private suspend fun pump(
        call: ApiCall,
        answer: HttpAnswer,
        feed: (ByteBuffer) -> Unit,
        consume: suspend () -> Boolean,
    ): Boolean {
        var left = DEFAULT_STREAM_LIMIT
        while (true) {
            val pieces =
                try {
                    answer.read()
                } catch (e: IOException) {
                    throw failures.truncated(call, answer, e)
                }
            if (pieces == null) return false
            for (piece in pieces) {
                left -= piece.remaining()
                if (left < 0) {
                    throw failures.unread(call, answer, TooLargeException("stream", DEFAULT_STREAM_LIMIT))
                }
                feed(piece)
            }
            if (consume()) return true
        }
    }

    private fun <T> checked(call: ApiCall, answer: HttpAnswer, next: () -> T): T = try {
        next()
    } catch (e: TooLargeException) {
        throw failures.unread(call, answer, e)
    }

    /** The last chunk of a stream may lack its line end: it may be complete, or cut off and not decodable. */
    private suspend fun unlessCutOff(block: suspend () -> Boolean): Boolean = try {
        block()
    } catch (e: MalformedResponseException) {
        if (e.raw?.trimStart()?.startsWith('<') == true) throw e
        // The stream has ended without its end marker. The client reports that.
        false
    }

    /** The body contains no event. It is a response or an error as plain JSON, or a page from another server. */
    private suspend fun other(call: ApiCall, body: String, decoder: EventDecoder, requestId: String?): Boolean {
        if (body.isBlank()) return false
        if (decoder.takeBody(body)) return true
        val error = ShallowJson.parse(body)?.let(ErrorBody::of)
        if (error != null) throw failures.inStream(call, error, requestId)
        throw failures.malformed(call, "the response is not an event stream", body, requestId)
    }

    private companion object {
        val NO_BODY = ByteArray(0)
        val SUCCESS = 200..299
        val KEEPING_ALIVE = setOf("ping", "keepalive", "keep-alive", "heartbeat")
    }
}
