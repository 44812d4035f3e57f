package dev.muster.test.internal

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.net.InetAddress
import java.net.InetSocketAddress
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit

/** The JDK's own server on a free loopback port, with a thread for each exchange. */
internal class LoopbackServer(handle: (HttpExchange) -> Unit) : AutoCloseable {
    private val threads: ExecutorService =
        Executors.newCachedThreadPool { Thread(it, "muster-test-exchange").apply { isDaemon = true } }

    private val server =
        HttpServer.create(InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0).apply {
            executor = threads
            createContext("/") { handle(it) }
            start()
        }

    val url: String get() = "http://127.0.0.1:${server.address.port}"

    /** Closes all connections, and waits until no handler runs any more. */
    override fun close() {
        server.stop(0)
        threads.shutdownNow()
        try {
            check(threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) { "An exchange does not end" }
        } catch (e: InterruptedException) {
            Thread.currentThread().interrupt()
            throw IllegalStateException("Interrupted while waiting for the last exchanges", e)
        }
    }

    private companion object {
        const val PATIENCE_SECONDS = 5L
    }
}

/** Cuts the connection when it is thrown out of a handler: what has been sent stands, its end does not come. */
internal class ConnectionCut : RuntimeException("The answer ends here", null, false, false)
