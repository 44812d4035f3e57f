package dev.muster.ktor

import dev.muster.error.ClientClosedException
import dev.muster.http.Abortable
import dev.muster.http.HttpAnswer
import dev.muster.http.HttpCall
import dev.muster.http.HttpTransport
import dev.muster.http.OpenExchanges
import dev.muster.http.withOwnDispatcher
import dev.muster.ktor.internal.KnownLeaks
import dev.muster.ktor.internal.KtorAnswer
import dev.muster.ktor.internal.asIoException
import dev.muster.spi.NetworkSettings
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
 * A transport that runs on a Ktor engine, bare: without Ktor's plugins, redirects or transformers. [close] closes the
 * engine.
 *
 * Proxy, trust, connect timeout and HTTP version are set on the engine. The engine's limits on a whole request and on
 * silence are switched off if it lets them be (CIO and OkHttp do): the client's `Timeouts` decide.
 *
 * An engine that is known to leave exchanges open after a cancel is accepted with one warning that says what it leaks.
 * Which engine to choose, what to tune and what it costs: docs/transports.md.
 *
 * CIO takes a chunked body that is cut off between two chunks, and at times within one, for a whole one. A stream that
 * is cut this way has no end marker and fails with [dev.muster.error.StreamTruncatedException] all the same; a whole
 * answer that is JSON without an end fails with [dev.muster.error.MalformedResponseException], which is not retried,
 * in place of [dev.muster.error.NetworkException].
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

    /** Always null: the engine has settings of its own. */
    override val network: NetworkSettings? get() = null

    override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T =
        withOwnDispatcher { untilClosed(request, handle) }

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
                val result = handle(KtorAnswer(response, response.bodyAsChannel()))
                // What comes after is Ktor's own clean-up again.
                handling = false
                result
            }
        } catch (e: CancellationException) {
            currentCoroutineContext().ensureActive()
            // Ktor cancels the exchange when its connection dies; nobody has cancelled the call.
            throw if (handling) e else IOException("The exchange was cancelled by the engine", e)
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
        // The time to connect stays the engine's.
        val UNLIMITED =
            HttpTimeoutConfig(
                requestTimeoutMillis = HttpTimeoutConfig.INFINITE_TIMEOUT_MS,
                connectTimeoutMillis = null,
                socketTimeoutMillis = HttpTimeoutConfig.INFINITE_TIMEOUT_MS,
            )
    }
}
