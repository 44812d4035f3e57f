package dev.muster.network

import dev.muster.MusterClient
import dev.muster.ScriptedProvider
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.net.InetSocketAddress
import java.time.Duration
import javax.net.ssl.SSLContext

class NetworkSettingsTest {
    private val address = InetSocketAddress.createUnresolved("proxy.example", 3128)
    private val limit = Duration.ofMinutes(2)

    private fun ofClient(configure: MusterClient.Builder.() -> Unit = {}): NetworkSettings {
        val seen = mutableListOf<NetworkSettings>()
        ScriptedProvider(onOpen = { seen += it.network }).client(configure).use { it.model("scripted::m") }
        return seen.single()
    }

    private fun NetworkSettings.parts() = listOf(
        connectTimeout,
        proxy,
        sslContext,
        httpVersion,
        proxyCredentials?.run { listOf(user, password) },
        noProxy,
        systemProxy,
    )

    @Test
    fun `a client without settings has the defaults`() {
        assertEquals(NetworkSettings.DEFAULT.parts(), ofClient().parts())
        assertEquals(NetworkSettings { }.parts(), NetworkSettings.DEFAULT.parts())
    }

    @Test
    fun `each setting of a client reaches its providers, as from the builder of the settings`() {
        val context = SSLContext.getDefault()
        val expected = NetworkSettings {
            connectTimeout(limit).proxy(address).sslContext(context).httpVersion(HttpVersion.HTTP_2)
            proxyCredentials(ProxyCredentials("user", "secret")).noProxy(setOf("a.example")).systemProxy(false)
        }
        val given = ofClient {
            connectTimeout(limit).proxy("proxy.example", 3128).sslContext(context).httpVersion(HttpVersion.HTTP_2)
            proxyCredentials("user", "secret").noProxy("a.example").systemProxy(false)
        }
        assertEquals(expected.parts(), given.parts())
        assertEquals(emptyList<Int>(), given.parts().zip(NetworkSettings.DEFAULT.parts()).indicesOfEqual())
    }

    private fun List<Pair<Any?, Any?>>.indicesOfEqual() = indices.filter { this[it].first == this[it].second }

    @Test
    fun `a connect timeout must be positive`() {
        listOf(Duration.ZERO, limit.negated()).forEach {
            assertThrows(IllegalArgumentException::class.java) { NetworkSettings.builder().connectTimeout(it) }
        }
    }
}
