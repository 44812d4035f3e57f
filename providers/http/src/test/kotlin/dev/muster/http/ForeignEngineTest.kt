package dev.muster.http

import dev.muster.spi.NetworkSettings
import dev.muster.spi.ProviderContext
import dev.muster.spi.SharedResource
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.java.NamedLikeALeakyEngine
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.net.InetSocketAddress

class ForeignEngineTest {
    @Test
    fun `an engine that is known to leak is accepted with one warning that says what it leaks`() {
        val warned = standardError { KtorTransport(NamedLikeALeakyEngine()).close() }
        assertEquals(1, warned.lines().count { it.isNotBlank() }, warned)
        assertTrue("cancel(false)" in warned && "billed" in warned, warned)
    }

    @Test
    fun `a sound engine is accepted in silence`() {
        assertEquals("", standardError { KtorTransport(CIO.create()).close() })
    }

    @Test
    fun `A8 a proxy beside a transport of one's own is refused and not passed over`() {
        val transport = KtorTransport(CIO.create())
        val context =
            object : ProviderContext {
                override var network = NetworkSettings()

                override fun <T : SharedResource> shared(type: Class<T>, create: () -> T): T = type.cast(transport)

                override fun environment(name: String): String? = null
            }
        assertEquals(transport, HttpTransport.of(context))
        context.network = NetworkSettings(proxy = InetSocketAddress.createUnresolved("proxy", 1))
        assertThrows(IllegalArgumentException::class.java) { HttpTransport.of(context) }
        transport.close()
    }

    private fun standardError(block: () -> Unit): String {
        val before = System.err
        val text = ByteArrayOutputStream()
        System.setErr(PrintStream(text, true))
        try {
            block()
        } finally {
            System.setErr(before)
        }
        return text.toString()
    }
}
