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
import dev.muster.spi.RateLimitObserver
import dev.muster.spi.StreamSink
import kotlinx.coroutines.currentCoroutineContext
import java.io.IOException
import java.net.URI
import java.nio.ByteBuffer
import java.time.Duration

/** A request of a provider, encoded. */
public class ApiCall(
    /** Appended to the base URL: `/chat/completions`. */
    public val path: String,
    /** The model that is asked, for failures. */
    public val model: String,
    /** The encoded JSON; not copied. */
    public val body: ByteArray,
    /** The texts that must not show in a failure's message. */
    public val privateTexts: () -> List<String>,
)

/** Takes one stream of server-sent events apart. Used by one coroutine. */
public abstract class EventDecoder(
    /** Where to. */
    public val sink: StreamSink,
) {
    /** The provider's id of the exchange, where it has been said. */
    protected var requestId: String? = null
        private set

    /** The exchange has the id [id], if no other was said before: a header's comes first. */
    public fun identify(id: String?) {
        if (requestId != null || id.isNullOrEmpty()) return
        requestId = id
        sink.requestId(id)
    }

    /** The text of [event], where it is plain to see that it brings nothing else; null is always right. */
    public open fun textOf(event: SseEvent): String? = null

    /** Takes [event]; returns whether the answer is whole. */
    public abstract suspend fun take(event: SseEvent): Boolean

    /** Takes [body], which came in place of a stream, if it is a whole answer; returns whether it is. */
    public open suspend fun takeBody(body: String): Boolean = false
}

/** A whole answer with a 2xx status. */
public class WholeAnswer(
    /** The body. */
    public val text: String,
    /** The provider's id of the exchange, where a header has it. */
    public val requestId: String?,
)

/**
 * One provider's API on the transport: sends JSON, reads whole answers and streams, and turns every way to fail into
 * its [LlmException]. What stays for the provider is its codec.
 *
 * @param headers sent with every request; the key is here
 * @param secret the key, to keep it out of what a peer says; headers that are named like a credential are kept out too
 * @param requestIdHeader the header that has the provider's id of the exchange, where it is not one of the usual; those
 * are looked at too
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

    /** Sends [call] and returns the whole answer. */
    public suspend fun post(call: ApiCall): WholeAnswer = whole(call, "POST")

    /**
     * Gets what lies at [path], which is appended to the base URL.
     *
     * @param subject what is asked for, for failures
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
     * Sends [call] and hands every server-sent event to [decoder] until that says that the answer is whole. Returns
     * normally too where the stream ends before, and true only for a whole answer.
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

    /** What the end of a stream has left: events without their blank line, or what is none. */
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

    /** What only keeps the connection alive is known by its name, whatever its data is. */
    private suspend fun take(event: SseEvent, decoder: EventDecoder): Boolean =
        if (event.name in KEEPING_ALIVE) false else decoder.take(event)

    /** Sends [call] and hands every line that is not blank to [line], otherwise as [events]. */
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

    /** The failure that the provider reports inside an answer with status 200. */
    public fun failureInStream(call: ApiCall, error: ErrorBody, requestId: String?): LlmException =
        failures.inStream(call, error, requestId)

    /**
     * An answer that the protocol does not allow. [why] must not repeat the answer: [raw] is kept beside the message.
     */
    public fun malformed(call: ApiCall, why: String, raw: String, requestId: String?): MalformedResponseException =
        failures.malformed(call, why, raw, requestId)

    /** [text], which a peer has said, without the key and the like, for an exception that is made elsewhere. */
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
            // Once answered it is not the transport's: what it throws while reading is caught where it is read.
            throw if (answered) e else failures.unanswered(call, e).also { log?.failed(it) }
        }
    }

    private fun decoded(call: ApiCall, answer: HttpAnswer): HttpAnswer = try {
        DecodedAnswer.of(answer)
    } catch (e: CodingException) {
        throw failures.unread(call, answer, e)
    }

    /**
     * Gives every piece of the body to [feed], and after all that one read has brought calls [consume] until that
     * returns true; returns false where the body ends before.
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

    /** The last piece of a stream has no end of line: it may be whole, or be cut off and make no sense. */
    private suspend fun unlessCutOff(block: suspend () -> Boolean): Boolean = try {
        block()
    } catch (e: MalformedResponseException) {
        if (e.raw?.trimStart()?.startsWith('<') == true) throw e
        // The stream has ended without its end marker, which is what the client reports.
        false
    }

    /** The body held no event: it is an answer or an error that came as plain JSON, or somebody else's page. */
    private suspend fun other(call: ApiCall, body: String, decoder: EventDecoder, requestId: String?): Boolean {
        if (body.isBlank()) return false
        if (decoder.takeBody(body)) return true
        val error = ShallowJson.parse(body)?.let(ErrorBody::of)
        if (error != null) throw failures.inStream(call, error, requestId)
        throw failures.malformed(call, "the answer is not an event stream", body, requestId)
    }

    private companion object {
        val NO_BODY = ByteArray(0)
        val SUCCESS = 200..299
        val KEEPING_ALIVE = setOf("ping", "keepalive", "keep-alive", "heartbeat")
    }
}
