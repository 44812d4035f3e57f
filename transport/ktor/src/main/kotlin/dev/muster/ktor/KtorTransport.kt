package dev.muster.ktor

import dev.muster.error.ClientClosedException
import dev.muster.http.transport.Abortable
import dev.muster.http.transport.HttpAnswer
import dev.muster.http.transport.HttpCall
import dev.muster.http.transport.HttpTransport
import dev.muster.http.transport.OpenExchanges
import dev.muster.http.transport.onCallerDispatcher
import dev.muster.ktor.internal.KnownLeaks
import dev.muster.ktor.internal.KtorResponse
import dev.muster.ktor.internal.asIoException
import dev.muster.network.NetworkSettings
import io.ktor.client.HttpClient
import io.ktor.client.engine.HttpClientEngine
import io.ktor.client.plugins.HttpTimeoutCapability
import io.ktor.client.plugins.HttpTimeoutConfig
import io.ktor.client.request.prepareRequest
import io.ktor.client.request.setBody
import io.ktor.client.request.url
import io.ktor.client.statement.bodyAsChannel
import io.ktor.http.ContentType
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpMethod
import io.ktor.http.content.ByteArrayContent
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.isActive
import kotlinx.coroutines.job
import java.io.IOException
import java.time.Duration

/**
 * A transport on a Ktor engine, without Ktor's plugins, redirects and transformers. [close] closes the engine.
 *
 * Set proxy, trust, connect timeout and HTTP version on the engine. The engine's own request and socket timeouts are
 * switched off if the engine allows it (CIO and OkHttp do): the client's `Timeouts` apply.
 *
 * An engine that is known to leave exchanges open after a cancel is accepted, with one warning that says what it
 * leaks. See docs/transports.md for which engine to choose, how to tune it and what it costs.
 *
 * CIO takes a chunked body that is cut off between two chunks, and sometimes within one, for a complete one. A stream
 * that is cut off this way has no end marker, so it still fails with [dev.muster.error.StreamTruncatedException]. A
 * whole response then ends in the middle of its JSON and fails with [dev.muster.error.MalformedResponseException],
 * which is not retried, instead of [dev.muster.error.NetworkException].
 */
public class KtorTransport(private val engine: HttpClientEngine) : HttpTransport {
    private val client =
        HttpClient(engine) {
            expectSuccess = false
            useDefaultTransformers = false
            followRedirects = false
        }
    private val hasTimeouts = HttpTimeoutCapability in engine.supportedCapabilities
    private val open =
        OpenExchanges {
            client.close()
            engine.close()
        }

    init {
        KnownLeaks.warnOf(engine)
    }

    override val openExchanges: Int get() = open.count

    /** Always null: the engine has its own settings. */
    override val network: NetworkSettings? get() = null

    override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T =
        onCallerDispatcher { untilClosed(request, handle) }

    override fun close(): Unit = open.close()

    override fun awaitClosed(timeout: Duration): Boolean = open.awaitClosed(timeout)

    override fun toString(): String = "KtorTransport(${engine.javaClass.simpleName}, $openExchanges open)"

    private suspend fun <T> untilClosed(request: HttpCall, handle: suspend (HttpAnswer) -> T): T {
        var closedByClient = false
        try {
            return coroutineScope {
                val job = coroutineContext.job
                val exchange =
                    Abortable {
                        closedByClient = true
                        job.cancel(CancellationException("The client was closed"))
                    }
                open.add(exchange)
                try {
                    run(request, handle)
                } finally {
                    open.remove(exchange)
                }
            }
        } catch (e: CancellationException) {
            if (closedByClient && currentCoroutineContext().isActive) {
                throw ClientClosedException("The client was closed while the call ran").initCause(e)
            }
            throw e
        }
    }

    @Suppress("TooGenericExceptionCaught") // Engines report the same failure by exceptions of many classes.
    private suspend fun <T> run(request: HttpCall, handle: suspend (HttpAnswer) -> T): T {
        var handling = false
        return try {
            prepare(request).execute { response ->
                handling = true
                val result = handle(KtorResponse(response, response.bodyAsChannel()))
                // From here on it is Ktor's own clean-up again.
                handling = false
                result
            }
        } catch (e: CancellationException) {
            currentCoroutineContext().ensureActive()
            // Ktor cancels the exchange when its connection breaks: nobody has cancelled the call.
            throw if (handling) e else IOException("The engine cancelled the exchange", e)
        } catch (e: Exception) {
            throw if (handling) e else e.asIoException()
        }
    }

    private suspend fun prepare(request: HttpCall) = client.prepareRequest {
        method = HttpMethod.parse(request.method)
        url(request.url.toString())
        request.headers.forEach { (name, value) ->
            if (!name.equals(HttpHeaders.ContentType, ignoreCase = true)) headers.append(name, value)
        }
        request.body?.let { setBody(ByteArrayContent(it, contentType(request))) }
        if (hasTimeouts) setCapability(HttpTimeoutCapability, UNLIMITED)
    }

    private fun contentType(request: HttpCall): ContentType? = request.headers.entries
        .find { it.key.equals(HttpHeaders.ContentType, ignoreCase = true) }
        ?.let { ContentType.parse(it.value) }

    private companion object {
        // The connect timeout stays the engine's.
        val UNLIMITED =
            HttpTimeoutConfig(
                requestTimeoutMillis = HttpTimeoutConfig.INFINITE_TIMEOUT_MS,
                connectTimeoutMillis = null,
                socketTimeoutMillis = HttpTimeoutConfig.INFINITE_TIMEOUT_MS,
            )
    }
}
