package dev.muster.http.transport

import dev.muster.network.NetworkSettings
import dev.muster.provider.ProviderContext
import dev.muster.provider.SharedResource
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.net.InetSocketAddress

/** Which transport a client gets. */
class HttpTransportTest {
    @Test
    fun `by default it is the JDK's, made with the client's settings`() {
        val settings = NetworkSettings { proxy(PROXY) }
        val transport = HttpTransport.of(client(settings))
        assertEquals(JdkTransport::class.java, transport.javaClass)
        assertSame(settings, transport.network)
        transport.close()
    }

    @Test
    fun `A8 a proxy beside a transport of one's own is refused and not passed over, whatever its class`() {
        val made = JdkTransport()
        listOf(made, object : HttpTransport by made {}).forEach { own ->
            assertSame(own, HttpTransport.of(client(NetworkSettings.DEFAULT, own)))
            assertThrows(IllegalArgumentException::class.java) {
                HttpTransport.of(client(NetworkSettings { proxy(PROXY) }, own))
            }
        }
        made.close()
    }

    private fun client(settings: NetworkSettings, own: HttpTransport? = null) = object : ProviderContext {
        override val network = settings

        override fun <T : SharedResource> shared(type: Class<T>, create: () -> T): T = own?.let(type::cast) ?: create()

        override fun environment(name: String): String? = null
    }

    private companion object {
        val PROXY: InetSocketAddress = InetSocketAddress.createUnresolved("proxy", 1)
    }
}
