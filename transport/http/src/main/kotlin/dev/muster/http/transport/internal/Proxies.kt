package dev.muster.http.transport.internal

import dev.muster.network.NetworkSettings
import org.slf4j.LoggerFactory
import java.io.IOException
import java.net.InetSocketAddress
import java.net.Proxy
import java.net.ProxySelector
import java.net.SocketAddress
import java.net.URI
import java.util.concurrent.atomic.AtomicBoolean

/**
 * Selects the proxy for a URL: the configured one, else the JVM's. No proxy for this machine and for excluded hosts.
 */
internal class Proxies(private val network: NetworkSettings) : ProxySelector() {
    private val warned = AtomicBoolean()

    /** Returns the proxy for [url], or null for none. */
    fun of(url: URI): InetSocketAddress? = of(url) {}

    private fun of(url: URI, onSocksOnly: () -> Unit): InetSocketAddress? {
        val host = url.host.orEmpty().removeSurrounding("[", "]").lowercase()
        return when {
            network.proxy == null && !network.systemProxy -> null
            isLoopback(host) || network.noProxy.any { matches(it, host) } -> null
            else -> network.proxy ?: ofJvm(url, onSocksOnly)
        }
    }

    override fun select(uri: URI): List<Proxy> =
        listOf(of(uri) { warn(uri) }?.let { Proxy(Proxy.Type.HTTP, it) } ?: Proxy.NO_PROXY)

    override fun connectFailed(uri: URI, address: SocketAddress, failure: IOException) {
        if (network.proxy == null && network.systemProxy) getDefault()?.connectFailed(uri, address, failure)
    }

    private fun ofJvm(url: URI, onSocksOnly: () -> Unit): InetSocketAddress? {
        val chosen = getDefault()?.select(url).orEmpty()
        // The first usable one: the list is in order of preference.
        val usable = chosen.firstOrNull { it.type() != Proxy.Type.SOCKS }
        if (usable == null && chosen.isNotEmpty()) onSocksOnly()
        return usable?.address() as? InetSocketAddress
    }

    private fun warn(url: URI) {
        if (!warned.compareAndSet(false, true)) return
        LoggerFactory.getLogger(Proxies::class.java).warn(
            "The JVM's proxy for {} is a SOCKS proxy, which java.net.http does not speak: connecting directly. " +
                "Set an HTTP proxy on the client, or use a transport that speaks SOCKS",
            url.host,
        )
    }

    private fun isLoopback(host: String) = host == "localhost" ||
        host.endsWith(".localhost") ||
        (host.startsWith("127.") && host.all { it.isDigit() || it == '.' }) ||
        host == "::1" ||
        host == "0:0:0:0:0:0:0:1"

    /** `*` at either end matches anything. A leading dot matches any subdomain. */
    private fun matches(pattern: String, host: String): Boolean {
        val text = pattern.trim().removeSurrounding("[", "]").lowercase()
        return when {
            text.isEmpty() -> false
            text == "*" -> true
            text.startsWith("*") -> host.endsWith(text.drop(1))
            text.endsWith("*") -> host.startsWith(text.dropLast(1))
            text.startsWith(".") -> host.endsWith(text)
            else -> host == text
        }
    }
}
