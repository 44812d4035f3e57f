package dev.muster.http.transport.internal

import java.io.IOException
import java.net.ConnectException
import java.net.Inet6Address
import java.net.InetAddress
import java.net.NoRouteToHostException
import java.net.URI
import java.net.http.HttpConnectTimeoutException
import java.net.http.HttpRequest
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executor

/**
 * The addresses of a host. The JDK client tries only the first address, so further ones are requested by their IP.
 *
 * Then the server must learn the host name from the header `Host`. The JDK does not allow setting it unless it was
 * started with `-Djdk.httpclient.allowRestrictedHeaders=host`. On this machine the name does not matter: `localhost`
 * works without it. Over TLS the certificate and its selection by the server depend on the name, so for https hosts
 * only the first address is used.
 */
internal class Addresses(
    private val executor: Executor,
    private val hostMaySet: Boolean = HOST_MAY_BE_SET,
    private val lookup: (String) -> List<InetAddress> = { InetAddress.getAllByName(it).toList() },
) {
    private val working = ConcurrentHashMap<String, URI>()

    /** Whether another address of [url]'s host may be tried. */
    fun hasOthers(url: URI): Boolean =
        url.scheme.equals("http", ignoreCase = true) && (isLocal(url) || (hostMaySet && !isLiteral(url.host)))

    /** The first URL to try: [url], or the address that responded before. */
    fun first(url: URI): URI = working[url.rawAuthority]?.let { at(url, it.host) } ?: url

    /** [url] with each address of its host. */
    suspend fun all(url: URI): List<URI> {
        val found = CompletableFuture.supplyAsync({ lookup(url.host) }, executor).awaitShared()
        val known = if (isLocal(url)) found + LOOPBACKS else found
        return known.map { at(url, written(it)) }.distinct()
    }

    /** Remembers that a server responded for [url] at [there]. */
    fun works(url: URI, there: URI) {
        working[url.rawAuthority] = there
    }

    /** Forgets the address of [url]: no server responds. */
    fun forget(url: URI) {
        working -= url.rawAuthority
    }

    /** The header `Host` to set in a request for [url] that is sent to [there], or null to leave it to the JDK. */
    fun hostHeader(url: URI, there: URI): String? = url.rawAuthority.takeIf { hostMaySet && there != url }

    private fun isLocal(url: URI) = url.host.equals("localhost", ignoreCase = true)

    private fun isLiteral(host: String) = host.startsWith("[") || host.all { it.isDigit() || it == '.' }

    private fun at(url: URI, host: String): URI {
        val port = if (url.port < 0) "" else ":${url.port}"
        val query = url.rawQuery?.let { "?$it" }.orEmpty()
        return URI("${url.scheme}://$host$port${url.rawPath.orEmpty()}$query")
    }

    private fun written(address: InetAddress) =
        if (address is Inet6Address) "[${address.hostAddress.substringBefore('%')}]" else address.hostAddress

    companion object {
        private val LOOPBACKS = listOf("127.0.0.1", "::1").map(InetAddress::getByName)

        /** Whether no server was reached, so nothing was sent. */
        fun isUnreached(failure: IOException): Boolean = generateSequence<Throwable>(failure) { it.cause }
            .take(MAX_CAUSES)
            .any { it is ConnectException || it is NoRouteToHostException || it is HttpConnectTimeoutException }

        private const val MAX_CAUSES = 8

        private val HOST_MAY_BE_SET: Boolean by lazy {
            try {
                HttpRequest.newBuilder().setHeader("Host", "localhost")
                true
            } catch (_: IllegalArgumentException) {
                false
            }
        }
    }
}
