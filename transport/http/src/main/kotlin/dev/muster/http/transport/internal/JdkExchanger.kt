package dev.muster.http.transport.internal

import dev.muster.error.ClientClosedException
import dev.muster.http.transport.HttpAnswer
import dev.muster.http.transport.HttpCall
import dev.muster.http.transport.OpenExchanges
import dev.muster.network.HttpVersion
import dev.muster.network.NetworkSettings
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.io.IOException
import java.io.UncheckedIOException
import java.net.ProtocolException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpHeaders
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.ByteBuffer
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/**
 * The default engine: `java.net.http` with its connection pool, a bounded number of threads, bodies read on demand
 * and a cancel that closes the exchange in every phase. Uses HTTP/1.1 unless the user chooses otherwise, because
 * cancelling HTTP/2 streams has broken whole JDK connections.
 */
internal class JdkExchanger(
    private val network: NetworkSettings,
    private val keepAliveSeconds: Int = KeepAlive.SECONDS,
    private val now: () -> Long = System::nanoTime,
    addresses: (Executor) -> Addresses = { Addresses(it) },
) {
    private val threads = EngineThreads()
    private val open = OpenExchanges(::end)
    private val proxies = Proxies(network)
    private val proxyAuthorization = network.proxyCredentials?.let(::ProxyAuthorization)?.header
    private val resolver = Resolver(threads.resolvers, network.connectTimeout)
    private val addresses = addresses(threads.resolvers)
    private val executor = FirstTasks(threads.workers)

    // How many connections may be idle in the pool, by origin.
    private val idle = ConcurrentHashMap<String, AtomicInteger>()

    // The stream queues of HTTP/2 origins.
    private val streams = ConcurrentHashMap<String, StreamQueue>()
    private val clientLock = Any()
    private var client: CompletableFuture<HttpClient>? = null
    private var ended = false
    private val selector = SelectorWake { synchronized(clientLock) { if (ended) null else client } }

    val openExchanges: Int get() = open.count

    suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T {
        val answer =
            if (version(request.url) == HttpClient.Version.HTTP_2) onStream(request) else fromAnyAddress(request)
        var handled = false
        try {
            val result = handle(answer)
            handled = true
            leave(answer)
            return result
        } finally {
            if (!handled) answer.exchange.giveUp()
        }
    }

    fun close() {
        open.close()
        // The waiting exchanges try again and find the engine closed.
        streams.values.forEach { it.all() }
    }

    // Waiting on an engine thread could wait for that thread itself.
    fun awaitClosed(timeout: Duration): Boolean = open.awaitClosed(if (threads.isCurrent()) Duration.ZERO else timeout)

    /** For tests of what must not run on a worker. */
    fun onWorker(task: Runnable): Unit = threads.workers.execute(task)

    override fun toString(): String = "java.net.http, $threads"

    /** Returns the response to [request]. Waits for a stream if its HTTP/2 connection has none left. */
    private suspend fun onStream(request: HttpCall): JdkResponse {
        val queue = streams.computeIfAbsent(request.url.rawAuthority) { StreamQueue() }
        if (queue.isCrowded) queue.await()
        while (true) {
            try {
                return attempt(request, queue = queue)
            } catch (_: NoStreamException) {
                queue.await()
            }
        }
    }

    /** Returns the response to [request] from the first address of its host that accepts a connection. */
    private suspend fun fromAnyAddress(request: HttpCall): JdkResponse {
        val url = request.url
        if (!addresses.hasOthers(url) || proxies.of(url) != null) return attempt(request)
        val first = addresses.first(url)
        return try {
            attempt(request, first, network.connectTimeout.dividedBy(2))
        } catch (e: IOException) {
            if (Addresses.isUnreached(e)) fromOthers(request, first, e) else throw e
        }
    }

    private suspend fun fromOthers(request: HttpCall, first: URI, failure: IOException): JdkResponse {
        val all = addresses.all(request.url)
        val limit = network.connectTimeout.dividedBy(2L * all.size)
        for (other in all - first) {
            try {
                return attempt(request, other, limit).also { addresses.works(request.url, other) }
            } catch (e: IOException) {
                if (!Addresses.isUnreached(e)) throw e
                failure.addSuppressed(e)
            }
        }
        addresses.forget(request.url)
        throw failure
    }

    /** Sends [request] once, to [url]. */
    private suspend fun attempt(
        request: HttpCall,
        url: URI = request.url,
        limit: Duration = network.connectTimeout,
        queue: StreamQueue? = null,
    ): JdkResponse {
        val idle = idle.computeIfAbsent(url.scheme + "://" + url.rawAuthority) { AtomicInteger() }
        val opening = Opening(limit, mayRepeat = queue != null, threads.workers, idle, now)
        if (queue != null) opening.onOpen = queue::next
        // An exchange that did not get a stream has none to give back.
        val onEnded = { if (opening.isOpen) queue?.next() ?: Unit }
        val exchange = JdkExchange(threads, open, opening, idle, selector::wake, onEnded)
        open.add(exchange)
        var sent = false
        try {
            val client = client().awaitShared()
            val proxied = proxies.of(url) != null
            if (!proxied) resolver.resolve(url.host)
            val answer = send(client, encode(request, url, opening, proxied), opening, exchange)
            sent = true
            return answer
        } finally {
            if (!sent) exchange.giveUp()
        }
    }

    private suspend fun send(
        client: HttpClient,
        request: HttpRequest,
        opening: Opening,
        exchange: JdkExchange,
    ): JdkResponse = suspendCancellableCoroutine { continuation ->
        // Cleared when the caller is resumed: a pooled connection keeps references to the objects of its last
        // exchange.
        val caller = AtomicReference<CancellableContinuation<JdkResponse>?>(continuation)
        val future =
            exchange.send {
                executor.starting(opening) { client.sendAsync(request) { head -> begin(head, exchange, caller) } }
            }
        continuation.invokeOnCancellation { exchange.abort() }
        future.whenComplete { response, failure ->
            // If our own `answered` completed it, both are null.
            val waiting = if (failure != null || response != null) caller.getAndSet(null) else null
            if (waiting == null) return@whenComplete
            if (failure != null) {
                exchange.failed()
                // The caller is usually cancelled: then do not build the exception.
                if (waiting.isActive) waiting.resumeWithException(exchange.explain(failure))
            } else {
                // The JDK does not ask for a body subscriber if a proxy requires credentials before it opens a
                // tunnel.
                exchange.ended()
                waiting.resume(JdkResponse(exchange, response.statusCode(), response.headers(), null))
            }
        }
    }

    /** Called when the headers have arrived. Returns the body, which resumes [caller] when it can be read. */
    private fun begin(
        head: HttpResponse.ResponseInfo,
        exchange: JdkExchange,
        caller: AtomicReference<CancellableContinuation<JdkResponse>?>,
    ): JdkBody {
        checkLength(head.headers())
        val body =
            exchange.newBody { body ->
                caller.getAndSet(null)?.resume(JdkResponse(exchange, head.statusCode(), head.headers(), body))
            }
        // Called after the body exists: a concurrent close finds either an exchange without headers or its body.
        val connection = head.headers().firstValue("Connection").orElse("")
        exchange.answered(keepsAlive = !connection.equals("close", ignoreCase = true))
        // A response with an error status may never send a body.
        if (head.statusCode() !in SUCCESS) body.tellReady()
        return body
    }

    /** The reader is done with the response: keep the connection if the rest of the body is short and arrives soon. */
    private fun leave(answer: JdkResponse) {
        if (answer.body == null || answer.body.drain(DRAIN_BYTES)) return
        CompletableFuture
            .delayedExecutor(DRAIN_MILLIS, TimeUnit.MILLISECONDS, threads.workers)
            .execute(answer.exchange::abort)
    }

    private fun encode(request: HttpCall, url: URI, opening: Opening, proxied: Boolean): HttpRequest {
        val body =
            request.body?.let(HttpRequest.BodyPublishers::ofByteArray) ?: HttpRequest.BodyPublishers.noBody()
        val builder = HttpRequest.newBuilder(url).method(request.method, Body(body, opening)).version(version(url))
        request.headers.forEach { (name, value) -> builder.setHeader(name, value) }
        addresses.hostHeader(request.url, url)?.let { builder.setHeader("Host", it) }
        if (proxied) proxyAuthorization?.let { builder.setHeader(ProxyAuthorization.HEADER, it) }
        return builder.build()
    }

    // The JDK checks it only after it has asked for the body. Then its future is already completed and the failure is
    // lost.
    private fun checkLength(headers: HttpHeaders) {
        val lengths = headers.allValues("Content-Length")
        if (lengths.any { (it.toLongOrNull() ?: -1) < 0 }) {
            throw UncheckedIOException(ProtocolException("The response's Content-Length is not a valid length"))
        }
    }

    // Over plain http the JDK would request HTTP/2 with an Upgrade header, which few servers support and some reject.
    private fun version(url: URI) =
        if (network.httpVersion == HttpVersion.HTTP_2 && url.scheme.equals("https", ignoreCase = true)) {
            HttpClient.Version.HTTP_2
        } else {
            HttpClient.Version.HTTP_1_1
        }

    // Created on an engine thread for two reasons: the client's selector thread joins the thread group of its
    // creator, and creating the client loads the trust store, which no caller's thread should wait for.
    private fun client(): CompletableFuture<HttpClient> = synchronized(clientLock) {
        if (ended) throw ClientClosedException("The client is closed: create a new one")
        client ?: CompletableFuture.supplyAsync(::newClient, threads.workers).also { client = it }
    }

    private fun newClient(): HttpClient {
        val builder =
            HttpClient
                .newBuilder()
                .executor(executor)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(SelectorWake.sparing(proxies))
        network.sslContext?.let(builder::sslContext)
        return KeepAlive.limited(keepAliveSeconds, builder::build)
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

        // JDK 21 and later. On 17, ending the threads ends the client.
        val SHUTDOWN_NOW = HttpClient::class.java.methods.find { it.name == "shutdownNow" && it.parameterCount == 0 }
    }
}

/** The JDK asks for the length of the request body when its connection is open. */
private class Body(private val bytes: HttpRequest.BodyPublisher, private val opening: Opening) :
    HttpRequest.BodyPublisher by bytes {
    override fun contentLength(): Long {
        opening.opened()
        return bytes.contentLength()
    }
}

private class JdkResponse(
    val exchange: JdkExchange,
    override val status: Int,
    private val headers: HttpHeaders,
    val body: JdkBody?,
) : HttpAnswer {
    override fun header(name: String): String? = headers.allValues(name).firstOrNull()

    override suspend fun read(): List<ByteBuffer>? = body?.read()
}
