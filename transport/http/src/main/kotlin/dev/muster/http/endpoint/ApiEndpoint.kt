package dev.muster.http.endpoint

import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import dev.muster.error.MalformedResponseException
import dev.muster.error.StreamTruncatedException
import dev.muster.http.endpoint.internal.CodingException
import dev.muster.http.endpoint.internal.DecodedResponse
import dev.muster.http.endpoint.internal.EndpointSettings
import dev.muster.http.endpoint.internal.ExchangeLog
import dev.muster.http.endpoint.internal.Failures
import dev.muster.http.endpoint.internal.RateLimitHeaders
import dev.muster.http.endpoint.internal.Secrets
import dev.muster.http.endpoint.internal.StreamBody
import dev.muster.http.endpoint.internal.textWithoutMark
import dev.muster.http.transport.HttpAnswer
import dev.muster.http.transport.HttpCall
import dev.muster.http.transport.HttpTransport
import dev.muster.http.transport.internal.ProxyAuthorization
import dev.muster.provider.RateLimitObserver
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import java.io.IOException
import java.net.URI
import java.time.Duration

/**
 * One provider's API on the transport. Sends JSON, reads whole responses and streams, and maps every failure to an
 * [LlmException]. The provider adds only its codec. [EndpointSpec.open] creates it from a client's configuration.
 */
public class ApiEndpoint
@Suppress("LongParameterList")
internal constructor(
    /** The provider's id. */
    public val provider: String,
    private val transport: HttpTransport,
    /** The root of the API, to which paths are appended. */
    public val baseUrl: URI,
    headers: Map<String, String>,
    secret: String?,
    connectTimeout: Duration,
    codes: ErrorCodes,
    requestIdHeader: String?,
    /** The settings if a key is required and they have none; else null. */
    private val lacking: EndpointSettings?,
) {
    /**
     * Creates an endpoint at [baseUrl], for a provider whose settings an [EndpointSpec] cannot describe. It requires no
     * key.
     *
     * @param headers sent with every request, including the API key
     * @param secret the API key, which is removed from everything the peer sends; values of headers whose name suggests
     * a credential are removed too
     * @param connectTimeout the client's connect timeout, for error messages
     * @param requestIdHeader the header with the provider's request id, if it is not one of the usual ones; those are
     * checked too
     */
    public constructor(
        provider: String,
        transport: HttpTransport,
        baseUrl: URI,
        headers: Map<String, String>,
        secret: String?,
        connectTimeout: Duration,
        codes: ErrorCodes,
        requestIdHeader: String? = null,
    ) : this(provider, transport, baseUrl, headers, secret, connectTimeout, codes, requestIdHeader, null)

    private val failures =
        Failures(
            provider,
            baseUrl,
            Secrets.of(
                secret,
                headers,
                transport.network?.proxyCredentials?.let(::ProxyAuthorization)?.secrets.orEmpty(),
            ),
            connectTimeout,
            transport.network,
            codes,
            requestIdHeader,
        )
    private val headers = mapOf("Content-Type" to "application/json", "User-Agent" to "muster") + headers

    /** Sends [call] and returns the whole response. */
    public suspend fun post(call: ApiCall): WholeResponse = whole(call, "POST")

    /**
     * Sends a GET request to [path], which is appended to the base URL, and returns the whole response.
     *
     * @param subject what is requested, for error messages
     */
    public suspend fun get(path: String, subject: String): WholeResponse = whole(getOf(path, subject), "GET")

    /**
     * Sends [call] and passes every server-sent event to [decoder] until it reports that the response is complete.
     *
     * Returns true if the response is complete. Returns false if the stream ended before, or broke when the response
     * [is finished][EventDecoder.isFinished].
     */
    public suspend fun events(call: ApiCall, decoder: EventDecoder): Boolean = try {
        exchange(call, "text/event-stream") { StreamBody(failures, call, it).events(decoder) }
    } catch (e: StreamTruncatedException) {
        if (!decoder.isFinished) throw e
        false
    }

    /** Sends [call] and passes every line that is not blank to [line]. Otherwise like [events]. */
    public suspend fun lines(
        call: ApiCall,
        started: (requestId: String?) -> Unit,
        line: suspend (line: String) -> Boolean,
    ): Boolean = exchange(call, "application/x-ndjson") { answer ->
        started(failures.requestId(answer))
        StreamBody(failures, call, answer).lines(line)
    }

    /**
     * Throws if the endpoint requires an API key and has none. [chatCall] and [allPages] call this.
     *
     * @param subject what is requested, usually the model, for the error message
     * @throws dev.muster.error.MissingApiKeyException if the key is missing
     */
    public fun requireKey(subject: String) {
        if (lacking != null) throw lacking.missingKey(subject)
    }

    /**
     * Returns the call that sends [request] to [path], with the body that [encode] returns. [encode] gets the context
     * for the exception of a request that the API does not support. Nothing of [request] appears in an error message.
     *
     * @throws dev.muster.error.MissingApiKeyException if the endpoint requires a key and has none
     */
    public fun chatCall(
        path: String,
        model: String,
        request: ChatRequest,
        encode: (context: ErrorContext) -> ByteArray,
    ): ApiCall {
        requireKey(model)
        return ApiCall(path, model, encode(contextOf(model))) { request.messages.flatMap(::privateTexts) }
    }

    /** Returns the context of an error of [model] before anything is sent. */
    public fun contextOf(model: String): ErrorContext = ErrorContext.builder().provider(provider).model(model).build()

    /**
     * Returns what [decode] returns for [text], the response to [call] or a part of it.
     *
     * @param why what is wrong if [text] cannot be decoded, for the error message
     * @throws MalformedResponseException if [decode] throws an [IllegalArgumentException]. kotlinx-serialization throws
     *   its subclass [SerializationException], but the plain one for a map that breaks off after a key
     */
    public inline fun <T> decode(
        call: ApiCall,
        text: String,
        requestId: String?,
        why: String,
        decode: (text: String) -> T,
    ): T = try {
        decode(text)
    } catch (_: IllegalArgumentException) {
        // Without its cause, whose message repeats the response.
        throw malformed(call, why, text, requestId)
    }

    /** Throws the exception for [error], the `error` field of a response, if it is neither missing nor null. */
    public fun failIfReported(call: ApiCall, error: JsonElement?, requestId: String?) {
        if (error == null || error is JsonNull) return
        throw failureInStream(call, ErrorBody.ofError(error), requestId)
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

    override fun toString(): String = "ApiEndpoint($provider, $baseUrl)"

    private suspend fun whole(call: ApiCall, method: String) = exchange(call, "application/json", method) { answer ->
        val bytes =
            try {
                answer.readAll()
            } catch (e: IOException) {
                throw failures.unread(call, answer, e)
            }
        WholeResponse(bytes.textWithoutMark(bytes.size), failures.requestId(answer))
    }

    private suspend fun <T> exchange(
        call: ApiCall,
        accept: String,
        method: String = "POST",
        handle: suspend (HttpAnswer) -> T,
    ): T {
        val body = call.body.takeIf { method == "POST" }
        val http = HttpCall(method, URI(baseUrl.toString() + call.path), headers + ("Accept" to accept), body)
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
                    if (decoded is DecodedResponse) decoded.close()
                }
            }
        } catch (e: IOException) {
            // After a response has arrived, the failure is not the transport's: read failures are mapped where the
            // body is read.
            throw if (answered) e else failures.unanswered(call, e).also { log?.failed(it) }
        }
    }

    private fun decoded(call: ApiCall, answer: HttpAnswer): HttpAnswer = try {
        DecodedResponse.of(answer)
    } catch (e: CodingException) {
        throw failures.unread(call, answer, e)
    }

    private companion object {
        val SUCCESS = 200..299
    }
}

/** The call of a GET request, which has no body. */
internal fun getOf(path: String, subject: String): ApiCall = ApiCall(path, subject, ByteArray(0)) { emptyList() }

private fun privateTexts(message: Message): List<String> = message.toolCalls.map { it.arguments } +
    message.content.mapNotNull { part ->
        when (part) {
            is ContentPart.Text -> part.text
            is ContentPart.Media -> part.url
            is ContentPart.Reasoning -> part.text
            is ContentPart.Opaque -> part.json
            else -> null
        }
    }
