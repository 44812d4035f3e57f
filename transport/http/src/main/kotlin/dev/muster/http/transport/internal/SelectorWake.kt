package dev.muster.http.transport.internal

import java.io.IOException
import java.net.Proxy
import java.net.ProxySelector
import java.net.SocketAddress
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.atomic.AtomicInteger

/**
 * Wakes the selector of the JDK client. A socket that is closed while it connects stays in the kernel and continues
 * to connect until the selector runs again. On an idle client it runs only every 3 seconds (measured on JDK 17 and
 * 25).
 *
 * The client has no method to wake it. A request wakes the selector before it connects, so this sends a request that
 * cannot connect: its address is a multicast address, which the kernel rejects for TCP immediately. Nothing is sent.
 */
internal class SelectorWake(private val client: () -> CompletableFuture<HttpClient>?) {
    // A socket closed while a request is under way may be too late for it: then another request follows.
    private val asked = AtomicInteger()

    /** Wakes the selector. Calls during a running wake-up share one further wake-up. */
    fun wake() {
        if (asked.getAndIncrement() == 0) wakeNow()
    }

    private fun wakeNow() {
        val client = client()
        if (client == null) {
            // The engine has ended, and the selector with it.
            asked.set(0)
        } else {
            client
                .thenCompose { it.sendAsync(NOWHERE, HttpResponse.BodyHandlers.discarding()) }
                .whenComplete { _, _ -> if (asked.getAndSet(0) > 1) wake() }
        }
    }

    internal companion object {
        private val ADDRESS = URI("http://224.0.0.1:9/")

        // With a timeout, because setting its timer is what first wakes the selector.
        private val NOWHERE =
            HttpRequest
                .newBuilder(ADDRESS)
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(1))
                .build()

        /** Returns a selector like [proxies] that uses no proxy for the wake-up request. */
        fun sparing(proxies: ProxySelector): ProxySelector = object : ProxySelector() {
            override fun select(uri: URI): List<Proxy> =
                if (uri.host == ADDRESS.host) listOf(Proxy.NO_PROXY) else proxies.select(uri)

            override fun connectFailed(uri: URI, address: SocketAddress, failure: IOException) =
                proxies.connectFailed(uri, address, failure)
        }
    }
}
