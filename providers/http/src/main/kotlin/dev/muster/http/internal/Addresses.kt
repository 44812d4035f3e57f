package dev.muster.http.internal

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
 * The addresses of a host. The JDK's client tries the first and no other, so a further one is asked for by its number.
 *
 * Then the server has to learn the host's name by `Host`, which the JDK lets nobody set unless it was started with
 * `-Djdk.httpclient.allowRestrictedHeaders=host`. On this machine the name does not matter: `localhost` works without.
 * Over TLS the certificate and the server's choice of it go by the name, so https hosts have their first address only.
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

    /** Where to try first: [url], or the address that has answered before. */
    fun first(url: URI): URI = working[url.rawAuthority]?.let { at(url, it.host) } ?: url

    /** [url] by all addresses of its host. */
    suspend fun all(url: URI): List<URI> {
        val found = CompletableFuture.supplyAsync({ lookup(url.host) }, executor).awaitShared()
        val known = if (isLocal(url)) found + LOOPBACKS else found
        return known.map { at(url, written(it)) }.distinct()
    }

    /** A server has answered for [url] at [there]. */
    fun works(url: URI, there: URI) {
        working[url.rawAuthority] = there
    }

    /** No server answers for [url]. */
    fun forget(url: URI) {
        working -= url.rawAuthority
    }

    /** The `Host` to set in a request for [url] that goes to [there], or null to leave it to the JDK. */
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

        /** Whether nobody was reached, so that nothing was sent. */
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
