package dev.muster.test

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors

/** A provider of which the test controls every byte, which the fake server does not allow. */
internal class Upstream(private val answer: (HttpExchange) -> Unit) : AutoCloseable {
    private val threads: ExecutorService = Executors.newCachedThreadPool { Thread(it).apply { isDaemon = true } }
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0).apply {
        executor = threads
        createContext("/") { exchange -> exchange.use { answer(it) } }
        start()
    }

    val url: String get() = "http://127.0.0.1:${server.address.port}"

    override fun close() {
        server.stop(0)
        threads.shutdownNow()
    }

    companion object {
        private val CLIENT = HttpClient.newHttpClient()

        /** Responds to every request with [headers] and [pieces], each flushed. */
        fun saying(
            vararg pieces: String,
            type: String = "text/event-stream",
            headers: Map<String, String> = emptyMap(),
        ) = Upstream { exchange ->
            exchange.requestBody.readAllBytes()
            exchange.responseHeaders.set("content-type", type)
            headers.forEach(exchange.responseHeaders::set)
            exchange.sendResponseHeaders(200, 0)
            pieces.forEach {
                exchange.responseBody.write(it.encodeToByteArray())
                exchange.responseBody.flush()
            }
        }

        /** Posts [body] to [url] and returns the response. */
        fun post(url: String, body: String, vararg headers: String): HttpResponse<String> {
            val request = HttpRequest.newBuilder(URI(url)).POST(HttpRequest.BodyPublishers.ofString(body))
            if (headers.isNotEmpty()) request.headers(*headers)
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString())
        }
    }
}

private inline fun HttpExchange.use(block: (HttpExchange) -> Unit) = try {
    block(this)
} finally {
    close()
}
