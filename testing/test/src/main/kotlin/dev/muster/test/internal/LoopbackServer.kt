package dev.muster.test.internal

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.net.InetAddress
import java.net.InetSocketAddress
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit

/** The JDK's HTTP server on a free loopback port, with one thread for each exchange. */
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

    /** Closes all connections, and waits until no handler runs. */
    override fun close() {
        server.stop(0)
        threads.shutdownNow()
        try {
            check(threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                "An HTTP exchange did not end within $PATIENCE_SECONDS s"
            }
        } catch (e: InterruptedException) {
            Thread.currentThread().interrupt()
            throw IllegalStateException("Interrupted while waiting for the last HTTP exchanges", e)
        }
    }

    private companion object {
        const val PATIENCE_SECONDS = 5L
    }
}

/** Thrown by a handler to cut the connection: the client gets what was sent so far, without an end. */
internal class ConnectionCut : RuntimeException("The connection is cut here", null, false, false)
