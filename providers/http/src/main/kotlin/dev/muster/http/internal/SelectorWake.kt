package dev.muster.http.internal

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
 * Wakes the selector of the JDK's client. A socket that is closed while it connects stays with the kernel, and goes on
 * connecting, until the selector looks at it again, which on a quiet client it does every 3 seconds only (measured on
 * JDK 17 and 25).
 *
 * The client has no method for it. A request wakes the selector before it connects, so one is made that cannot connect:
 * its address is a multicast one, which the kernel refuses for TCP there and then. Nothing is sent to anybody.
 */
internal class SelectorWake(private val client: () -> CompletableFuture<HttpClient>?) {
    // Who asks while a request is under way may have closed his socket too late for it: then another follows.
    private val asked = AtomicInteger()

    /** Wakes it, and once for many who ask meanwhile. */
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

        // With a limit of time, because setting its timer is the first thing that wakes the selector.
        private val NOWHERE =
            HttpRequest
                .newBuilder(ADDRESS)
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(1))
                .build()

        /** [proxies], but for the request that goes nowhere. */
        fun sparing(proxies: ProxySelector): ProxySelector = object : ProxySelector() {
            override fun select(uri: URI): List<Proxy> =
                if (uri.host == ADDRESS.host) listOf(Proxy.NO_PROXY) else proxies.select(uri)

            override fun connectFailed(uri: URI, address: SocketAddress, failure: IOException) =
                proxies.connectFailed(uri, address, failure)
        }
    }
}
