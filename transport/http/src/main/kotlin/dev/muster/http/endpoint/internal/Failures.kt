package dev.muster.http.endpoint.internal

import dev.muster.error.ErrorContext
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.MalformedResponseException
import dev.muster.error.NetworkException
import dev.muster.error.StreamTruncatedException
import dev.muster.error.TimeoutKind
import dev.muster.http.codec.TooLargeException
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ErrorBody
import dev.muster.http.endpoint.ErrorCodes
import dev.muster.http.transport.HttpAnswer
import dev.muster.http.transport.internal.Proxies
import dev.muster.http.transport.internal.ProxyAuthorization
import dev.muster.http.transport.internal.RepeatableException
import dev.muster.network.NetworkSettings
import java.io.IOException
import java.net.ConnectException
import java.net.InetSocketAddress
import java.net.URI
import java.net.URISyntaxException
import java.net.UnknownHostException
import java.net.http.HttpConnectTimeoutException
import java.nio.channels.UnresolvedAddressException
import java.security.cert.CertPathValidatorException
import java.security.cert.CertificateException
import java.security.cert.CertificateExpiredException
import java.security.cert.CertificateNotYetValidException
import java.time.Duration
import javax.net.ssl.SSLException

/** Says what went wrong at one endpoint: who, which model, what to do; no key and no prompt. */
internal class Failures(
    private val provider: String,
    private val base: URI,
    private val secrets: Secrets,
    private val connectTimeout: Duration,
    /** How the network is reached; null if only the transport knows. */
    private val network: NetworkSettings?,
    codes: ErrorCodes,
    requestIdHeader: String?,
) {
    private val requestIdHeaders = listOfNotNull(requestIdHeader) + REQUEST_ID_HEADERS
    private val table = ErrorTable(codes)
    private val proxy: InetSocketAddress? get() = network?.let { Proxies(it).of(base) }

    /** No response arrived. */
    fun unanswered(call: ApiCall, failure: IOException): LlmException {
        val context =
            context(call, null, null, null).toBuilder().retryAtOnce(failure is RepeatableException).build()
        val causes = generateSequence<Throwable>(failure) { it.cause }.take(MAX_CAUSES).toList()
        val e = secrets.hide(failure)
        // With a proxy, only the proxy is resolved and connected to.
        val host = proxy?.let { "the proxy ${it.hostString}:${it.port}" } ?: base.rawAuthority
        return when {
            causes.any { it is HttpConnectTimeoutException } -> {
                val why = "no connection to $host within ${connectTimeout.toMillis()} ms"
                LlmTimeoutException(say(call, why), TimeoutKind.CONNECT, connectTimeout, context, e)
            }

            causes.any { it is UnknownHostException || it is UnresolvedAddressException } ->
                NetworkException(say(call, "could not resolve $host: check the host name and your DNS"), context, e)

            causes.any { it is ConnectException } ->
                NetworkException(say(call, "$host refused the connection: is the server running?"), context, e)

            causes.any { it is SSLException } -> noTls(call, causes, context, e)

            else -> refusedTunnel(call, causes, context, e)
                ?: foreign(call, host, causes, context, e)
                ?: NetworkException(say(call, "the connection to $host was lost before the response"), context, e)
        }
    }

    /** The peer sent something that is not HTTP. */
    private fun foreign(
        call: ApiCall,
        host: String,
        causes: List<Throwable>,
        context: ErrorContext,
        e: IOException,
    ): MalformedResponseException? {
        val foreign = ForeignResponse.of(causes) ?: return null
        val quoted = foreign.quoted?.let { Redaction.clean(it, secrets, call.privateTexts()).take(MAX_QUOTE) }
        val why = foreign.why + quoted?.let { ": it sent \"$it\": check the host and port of the base URL" }.orEmpty()
        return MalformedResponseException(say(call, "$host $why"), context, quoted, e)
    }

    private fun noTls(call: ApiCall, causes: List<Throwable>, context: ErrorContext, e: IOException): NetworkException {
        val host = base.rawAuthority
        val words = causes.joinToString { it.message.orEmpty() }
        val expired = causes.firstNotNullOfOrNull { it as? CertificateExpiredException }?.message
        val notYetValid = causes.firstNotNullOfOrNull { it as? CertificateNotYetValidException }?.message
        val why =
            when {
                NAMELESS.any { it in words } ->
                    "the certificate of $host is for another host: check the base URL"

                expired != null ->
                    "the certificate of $host has expired (${secrets.hide(expired)}): renew it on the server"

                notYetValid != null ->
                    "the certificate of $host is not valid yet (${secrets.hide(notYetValid)}): check your clock"

                causes.any { it is CertificateException || it is CertPathValidatorException } ->
                    "the certificate of $host is not trusted: give the client an sslContext that trusts its issuer"

                "plaintext" in words -> "$host does not speak TLS: should the base URL start with http://?"

                "fatal alert" in words ->
                    "$host refused the TLS handshake: it may require a client certificate or another TLS version"

                else -> return NetworkException(say(call, "the TLS connection to $host failed: try again"), context, e)
            }
        return NetworkException(say(call, why), context, e, isRetryable = false)
    }

    /** The proxy responded, but did not open a tunnel to the https host. */
    private fun refusedTunnel(
        call: ApiCall,
        causes: List<Throwable>,
        context: ErrorContext,
        e: IOException,
    ): NetworkException? {
        val status = causes.firstNotNullOfOrNull { TUNNEL.find(it.message.orEmpty()) }?.groupValues?.get(1)?.toInt()
        val proxy = proxy
        if (proxy == null || status == null) return null
        val why =
            "the proxy ${proxy.hostString}:${proxy.port} opened no tunnel to ${base.rawAuthority} (HTTP $status)"
        return NetworkException(say(call, why), context, e, isRetryable = status >= SERVER_ERRORS)
    }

    /** The response has a status other than 2xx. */
    suspend fun status(call: ApiCall, answer: HttpAnswer): LlmException {
        val status = answer.status
        if (status in REDIRECTS) {
            val where = answer.header("Location")?.let(::hostOf)?.let(secrets::hide) ?: "another address"
            val why = "HTTP $status, a redirect to $where, is not followed: set the base URL to the address of the API"
            return InvalidRequestException(say(call, why), context(call, answer))
        }
        val text = answer.decodedErrorText()
        val error = ErrorBody.parseCut(text)
        val context =
            context(call, status, error.code, requestId(answer))
                .toBuilder()
                .retryAfter(RetryAfter.of(answer::header) ?: error.retryAfter)
                .retryAdvised(RetryAfter.advised(answer::header))
                .build()
        if (status == PROXY_AUTHENTICATION) {
            val why = "HTTP $status, the proxy " + wantedByProxy()
            return NetworkException(say(call, why), context, isRetryable = false)
        }
        val what = "HTTP $status" + (HINTS[status]?.let { ", $it" } ?: "") + place(call, status, text)
        return table.of(status, error, context, describe(call, what, error, text))
    }

    /** The requested URL, if it may be the cause. */
    private fun place(call: ApiCall, status: Int, text: String): String = when {
        isPage(text) -> ", with an HTML page instead of JSON, maybe from a gateway (requested ${asked(call)})"
        status in WRONG_PLACE -> " (requested ${asked(call)})"
        else -> ""
    }

    /** The URL of [call], without its query. */
    fun asked(call: ApiCall) = secrets.hide(base.toString() + call.path.substringBefore('?'))

    private fun wantedByProxy() = when {
        network?.proxyCredentials == null ->
            "requires credentials: set proxyCredentials, or allow this host without credentials on the proxy"

        base.scheme.equals("https", ignoreCase = true) && ProxyAuthorization.isKeptBack() ->
            "requires credentials, but by default the JDK does not send them when it opens a tunnel to an https " +
                "host: start the program with -D${ProxyAuthorization.SWITCH}= to send them"

        else -> "rejected the credentials: check proxyCredentials"
    }

    /** The provider reports [error] inside a response that started with 200. */
    fun inStream(call: ApiCall, error: ErrorBody, requestId: String?): LlmException {
        val context =
            context(call, error.codeAsStatus ?: OK, error.code, requestId)
                .toBuilder()
                .retryAfter(error.retryAfter)
                .build()
        return table.inStream(error, context, describe(call, "the provider reported an error", error))
    }

    /** A stream ended before it was complete. */
    fun truncated(call: ApiCall, answer: HttpAnswer, e: IOException): LlmException = foreignBody(call, answer, e)
        ?: StreamTruncatedException(
            say(call, "the connection was lost before the response was complete"),
            context(call, answer),
            secrets.hide(e),
        )

    /** The body is not valid HTTP, for example if the size of a chunk is not a number. */
    private fun foreignBody(call: ApiCall, answer: HttpAnswer, e: IOException): MalformedResponseException? {
        if (e is CodingException) {
            val why =
                "the response body is ${secrets.hide(e.what)}: add the header Accept-Encoding: identity to the provider"
            return MalformedResponseException(say(call, why), context(call, answer), null, e)
        }
        val causes = generateSequence<Throwable>(e) { it.cause }.take(MAX_CAUSES).toList()
        return foreign(call, base.rawAuthority, causes, context(call, answer), secrets.hide(e))
    }

    /** A whole response could not be read. */
    fun unread(call: ApiCall, answer: HttpAnswer, e: IOException): LlmException = if (e is TooLargeException) {
        MalformedResponseException(say(call, e.message.orEmpty()), context(call, answer), null, e)
    } else {
        foreignBody(call, answer, e) ?: NetworkException(
            say(call, "the connection was lost in the middle of the response: try again"),
            context(call, answer),
            secrets.hide(e),
        )
    }

    /** The response violates the protocol. */
    fun malformed(call: ApiCall, why: String, raw: String, requestId: String?): MalformedResponseException {
        val what = if (isPage(raw)) "the response is an HTML page, not JSON" else why
        return MalformedResponseException(
            say(call, "$what: is ${asked(call)} the right URL? Check the base URL, and see raw for the response"),
            context(call, OK, null, requestId),
            secrets.hide(raw).take(MAX_RAW),
        )
    }

    private fun isPage(text: String) = text.trimStart().startsWith('<')

    /** [text] with the API key and other secrets removed. */
    fun withoutSecrets(text: String): String = secrets.hide(text)

    private fun hostOf(location: String): String = try {
        URI(location).host ?: "another path of the same host"
    } catch (_: URISyntaxException) {
        "another address"
    }

    /** @param text the body that [error] was read from; its text is used if [error] has no message */
    private fun describe(call: ApiCall, what: String, error: ErrorBody, text: String = ""): String {
        val code = error.code?.let { " (" + Redaction.clean(it, secrets, emptyList()) + ")" }.orEmpty()
        val said = error.message ?: ErrorWords.of(text).takeIf { error.code == null }
        val limit = if (error.isFormal && error.message != null) MAX_WORDS else MAX_INFORMAL
        val words = said?.let { ": " + Redaction.clean(it, secrets, call.privateTexts(), limit) }.orEmpty()
        return say(call, what + code + words)
    }

    private fun say(call: ApiCall, what: String) = "$provider::${call.model}: $what"

    private fun context(call: ApiCall, answer: HttpAnswer) = context(call, answer.status, null, requestId(answer))

    private fun context(call: ApiCall, status: Int?, code: String?, requestId: String?): ErrorContext = ErrorContext
        .builder()
        .provider(provider)
        .model(call.model)
        .status(status)
        .code(code?.let(secrets::hide))
        .requestId(requestId?.let(secrets::hide)?.take(MAX_ID))
        .build()

    /** The provider's request id, for a support ticket. */
    fun requestId(answer: HttpAnswer): String? = requestIdHeaders
        .firstNotNullOfOrNull { answer.header(it)?.ifBlank { null } }
        ?.let { secrets.hide(it).take(MAX_ID) }

    private companion object {
        const val OK = 200
        const val PROXY_AUTHENTICATION = 407
        const val SERVER_ERRORS = 500
        const val MAX_ID = 200

        // Parts of the JDK's messages: it has no exception types for these.
        val NAMELESS = listOf("No subject alternative", "No name matching")
        val TUNNEL = Regex("Tunnel failed, got: (\\d{3})")
        const val MAX_CAUSES = 8
        const val MAX_RAW = 4_000
        const val MAX_QUOTE = 120
        const val MAX_WORDS = 400
        const val MAX_INFORMAL = 200
        val WRONG_PLACE = setOf(404, 405, 410)
        val REDIRECTS = 300..399
        val REQUEST_ID_HEADERS = listOf("x-request-id", "request-id", "x-amzn-requestid")
        val HINTS =
            mapOf(
                401 to "the API key was rejected: check it",
                402 to "the account has no credit left",
                403 to "the API key does not have permission for this",
                404 to "the model does not exist here, or the base URL is wrong",
                405 to "the base URL may be wrong",
                413 to "the request is too large",
                429 to "too many requests",
            )
    }
}
