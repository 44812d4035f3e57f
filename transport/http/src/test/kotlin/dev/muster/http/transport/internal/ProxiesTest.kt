package dev.muster.http.transport.internal

import dev.muster.http.TestLogs
import dev.muster.network.NetworkSettings
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.io.IOException
import java.net.InetSocketAddress
import java.net.Proxy
import java.net.ProxySelector
import java.net.SocketAddress
import java.net.URI

class ProxiesTest {
    private val usual: ProxySelector? = ProxySelector.getDefault()
    private val set = InetSocketAddress.createUnresolved("set.example", 1)
    private val jvms = InetSocketAddress.createUnresolved("jvm.example", 2)

    @AfterEach
    fun restore() {
        ProxySelector.setDefault(usual)
        PROPERTIES.forEach(System::clearProperty)
    }

    @Test
    fun `A8 the proxy that is set beats the JVM's, which beats none`() {
        jvm(Proxy(Proxy.Type.HTTP, jvms))
        assertEquals(set, of(NetworkSettings { proxy(set) }))
        assertEquals(jvms, of(NetworkSettings.DEFAULT))
        assertNull(of(NetworkSettings { systemProxy(false) }))
        assertEquals(set, of(NetworkSettings { proxy(set).systemProxy(false) }))
        ProxySelector.setDefault(null)
        assertNull(of(NetworkSettings.DEFAULT))
    }

    @Test
    fun `A8 the JVM's properties are honoured, those for exceptions too`() {
        System.setProperty("https.proxyHost", "jvm.example")
        System.setProperty("https.proxyPort", "2")
        System.setProperty("http.proxyHost", "plain.example")
        System.setProperty("http.nonProxyHosts", "*.inside.example|other.example")
        val proxies = Proxies(NetworkSettings.DEFAULT)
        assertEquals(jvms.toString(), proxies.of(URI("https://api.example/v1")).toString())
        assertEquals("plain.example", proxies.of(URI("http://api.example/v1"))?.hostString)
        assertNull(proxies.of(URI("https://api.inside.example/v1")))
        assertNull(proxies.of(URI("https://other.example/v1")))
    }

    @ParameterizedTest
    @CsvSource(
        "api.example, api.example, true",
        "API.example, api.EXAMPLE, true",
        "api.example, www.api.example, false",
        ".example, api.example, true",
        ".example, example, false",
        "*.example, api.example, true",
        "10.*, 10.1.2.3, true",
        "10.*, 110.1.2.3, false",
        "[fd00::1], [fd00::1], true",
        "*, api.example, true",
        "other.example, localhost, true",
        "other.example, api.localhost, true",
        "other.example, 127.0.0.1, true",
        "other.example, 127.8.8.8, true",
        "other.example, 127.example, false",
        "other.example, [::1], true",
    )
    fun `A8 this machine and the hosts that are excepted are reached directly`(
        pattern: String,
        host: String,
        directly: Boolean,
    ) {
        jvm(Proxy(Proxy.Type.HTTP, jvms))
        for (proxy in listOf(set, null)) {
            val found = of(NetworkSettings { proxy(proxy).noProxy(setOf(pattern)) }, "https://$host:8443/v1")
            assertEquals(if (directly) null else proxy ?: jvms, found)
        }
    }

    @Test
    fun `A8 a SOCKS proxy is passed over, and one warning says so where nothing else is left`() {
        val socks = Proxy(Proxy.Type.SOCKS, jvms)
        jvm(socks, Proxy(Proxy.Type.HTTP, jvms))
        assertEquals(jvms, of(NetworkSettings.DEFAULT))
        jvm(socks)
        val proxies = Proxies(NetworkSettings.DEFAULT)
        TestLogs.clear()
        repeat(3) { assertEquals(listOf(Proxy.NO_PROXY), proxies.select(URI("https://api.example/v1"))) }
        assertEquals(1, TestLogs.lines().count { "SOCKS" in it }, "${TestLogs.lines()}")
    }

    private fun of(network: NetworkSettings, url: String = "https://api.example/v1") = Proxies(network).of(URI(url))

    private fun jvm(vararg proxies: Proxy) = ProxySelector.setDefault(
        object : ProxySelector() {
            override fun select(uri: URI): List<Proxy> = proxies.toList()

            override fun connectFailed(uri: URI, address: SocketAddress, failure: IOException) = Unit
        },
    )

    private companion object {
        val PROPERTIES = listOf("https.proxyHost", "https.proxyPort", "http.proxyHost", "http.nonProxyHosts")
    }
}
