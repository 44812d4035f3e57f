package dev.muster.http.internal

import dev.muster.error.ClientClosedException
import dev.muster.http.HttpAnswer
import dev.muster.http.HttpCall
import dev.muster.spi.HttpVersion
import dev.muster.spi.NetworkSettings
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.suspendCancellableCoroutine
import java.io.IOException
import java.io.UncheckedIOException
import java.net.ProtocolException
import java.net.ProxySelector
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpHeaders
import java.net.http.HttpRequest
import java.nio.ByteBuffer
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Flow
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/**
 * Our engine: `java.net.http` with its connection pool, a bounded set of threads, bodies by demand and a cancel that
 * closes the exchange in every phase. HTTP/1.1 unless the user chooses otherwise, because cancelling HTTP/2 streams has
 * broken whole JDK connections.
 */
internal class JdkExchanger(private val network: NetworkSettings) : Exchanger {
    private val threads = EngineThreads()
    private val open = OpenExchanges(::end)
    private val proxyAuthorization = network.proxyCredentials?.let(::ProxyAuthorization)?.header
    private val resolver = Resolver(threads.resolvers, network.connectTimeout)

    // Origins that have answered whole on this client: a connection to them may come from the pool, and be dead.
    private val answered = ConcurrentHashMap.newKeySet<String>()
    private val clientLock = Any()
    private var client: CompletableFuture<HttpClient>? = null
    private var ended = false
    private val selector = SelectorWake { synchronized(clientLock) { if (ended) null else client } }

    override val openExchanges: Int get() = open.count

    override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T {
        val origin = request.url.scheme + "://" + request.url.rawAuthority
        val exchange = JdkExchange(threads, open, onWhole = { answered += origin }, onClosedEarly = selector::wake)
        open.add(exchange)
        var handled = false
        try {
            val answer = send(request, exchange, origin)
            val result = handle(answer)
            handled = true
            leave(exchange, answer.body)
            return result
        } finally {
            if (!handled) exchange.giveUp()
        }
    }

    override fun close(): Unit = open.close()

    // Waiting on a thread of the engine would wait for that thread.
    override fun awaitClosed(timeout: Duration): Boolean =
        open.awaitClosed(if (threads.isCurrent()) Duration.ZERO else timeout)

    /** For tests of what must not happen there. */
    fun onWorker(task: Runnable): Unit = threads.workers.execute(task)

    override fun toString(): String = "java.net.http, $threads"

    private suspend fun send(request: HttpCall, exchange: JdkExchange, origin: String): JdkAnswer {
        val client = client().awaitShared()
        if (network.proxy == null) resolver.resolve(request.url.host)
        val encoded = encode(request, exchange)
        val mayBePooled = origin in answered
        try {
            return sendOnce(client, encoded, exchange)
        } catch (e: IOException) {
            if (!mayBePooled || !isDeadConnection(e)) throw e
            currentCoroutineContext().ensureActive()
        }
        // The pooled connection had died before the request was read: nobody has answered, so nobody is asked twice.
        return sendOnce(client, encoded, exchange)
    }

    private suspend fun sendOnce(client: HttpClient, request: HttpRequest, exchange: JdkExchange): JdkAnswer =
        suspendCancellableCoroutine { continuation ->
            // Given up when it is told: a connection in the pool keeps what its last exchange was made with.
            val caller = AtomicReference(continuation)
            val future =
                exchange.send {
                    client.sendAsync(request) { head ->
                        checkLength(head.headers())
                        val body =
                            exchange.newBody { body ->
                                caller
                                    .getAndSet(null)
                                    ?.resume(JdkAnswer(head.statusCode(), head.headers(), body))
                            }
                        // After the body is there: whoever closes finds an exchange without headers, or its body.
                        exchange.answered()
                        // What says by its status what is wrong need not send a body at all.
                        if (head.statusCode() !in SUCCESS) body.tellReady()
                        body
                    }
                }
            continuation.invokeOnCancellation { exchange.abort() }
            future.whenComplete { response, failure ->
                // Settled by our own `answered` it has neither.
                val waiting = if (failure != null || response != null) caller.getAndSet(null) else null
                if (waiting == null) return@whenComplete
                if (failure != null) {
                    exchange.failed()
                    // Where the caller is cancelled, the usual case, the reason need not be made.
                    if (waiting.isActive) waiting.resumeWithException(exchange.explain(failure))
                } else {
                    // The JDK asks nobody for a body where a proxy wants credentials before it opens a tunnel.
                    exchange.ended()
                    waiting.resume(JdkAnswer(response.statusCode(), response.headers(), null))
                }
            }
        }

    /** The answer is used up, at least for its reader: spare the connection if its rest is short and comes soon. */
    private fun leave(exchange: JdkExchange, body: JdkBody?) {
        if (body == null || body.drain(DRAIN_BYTES)) return
        CompletableFuture
            .delayedExecutor(DRAIN_MILLIS, TimeUnit.MILLISECONDS, threads.workers)
            .execute(exchange::abort)
    }

    private fun encode(request: HttpCall, exchange: JdkExchange): HttpRequest {
        val body =
            request.body?.let { Body(HttpRequest.BodyPublishers.ofByteArray(it), exchange) }
                ?: HttpRequest.BodyPublishers.noBody()
        val builder = HttpRequest.newBuilder(request.url).method(request.method, body).version(version(request.url))
        request.headers.forEach { (name, value) -> builder.setHeader(name, value) }
        proxyAuthorization?.let { builder.setHeader(ProxyAuthorization.HEADER, it) }
        return builder.build()
    }

    // The JDK fails on it only after it has asked for the body, when its future is settled and nobody is told.
    private fun checkLength(headers: HttpHeaders) {
        val lengths = headers.allValues("Content-Length")
        if (lengths.any { (it.toLongOrNull() ?: -1) < 0 }) {
            throw UncheckedIOException(ProtocolException("The answer's Content-Length is no length"))
        }
    }

    // Over plain http the JDK would ask by an Upgrade header, which few servers answer and some refuse.
    private fun version(url: URI) =
        if (network.httpVersion == HttpVersion.HTTP_2 && url.scheme.equals("https", ignoreCase = true)) {
            HttpClient.Version.HTTP_2
        } else {
            HttpClient.Version.HTTP_1_1
        }

    // Made on a thread of the engine, because the client's selector thread joins the group of its maker, and making it
    // loads the trust store, for which no caller's thread should wait.
    private fun client(): CompletableFuture<HttpClient> = synchronized(clientLock) {
        if (ended) throw ClientClosedException("The client is closed: calls need an open one")
        client ?: CompletableFuture.supplyAsync(::newClient, threads.workers).also { client = it }
    }

    private fun newClient(): HttpClient {
        val builder =
            HttpClient
                .newBuilder()
                .executor(threads.workers)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(network.connectTimeout)
                .proxy(network.proxy?.let { SelectorWake.sparing(ProxySelector.of(it)) } ?: HttpClient.Builder.NO_PROXY)
        network.sslContext?.let(builder::sslContext)
        return builder.build()
    }

    private fun end() {
        val made =
            synchronized(clientLock) {
                ended = true
                client
            }
        if (made == null) {
            threads.end()
        } else {
            made.whenComplete { client, _ ->
                if (client != null) SHUTDOWN_NOW?.invoke(client)
                threads.end()
            }
        }
    }

    private companion object {
        val SUCCESS = 200..299
        const val DRAIN_BYTES = 64L * 1024
        const val DRAIN_MILLIS = 500L

        // JDK 21 and later; on 17 ending the threads ends the client.
        val SHUTDOWN_NOW = HttpClient::class.java.methods.find { it.name == "shutdownNow" && it.parameterCount == 0 }
    }
}

/** The JDK asks for the body of a request when its connection is open. */
private class Body(private val bytes: HttpRequest.BodyPublisher, private val exchange: JdkExchange) :
    HttpRequest.BodyPublisher by bytes {
    override fun subscribe(subscriber: Flow.Subscriber<in ByteBuffer>) {
        exchange.sending()
        bytes.subscribe(subscriber)
    }
}

private class JdkAnswer(override val status: Int, private val headers: HttpHeaders, val body: JdkBody?) : HttpAnswer {
    override fun header(name: String): String? = headers.firstValue(name).orElse(null)

    override suspend fun read(): List<ByteBuffer>? = body?.read()
}
