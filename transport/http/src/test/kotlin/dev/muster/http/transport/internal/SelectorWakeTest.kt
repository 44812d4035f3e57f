package dev.muster.http.transport.internal

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.InetSocketAddress
import java.net.Proxy
import java.net.ProxySelector
import java.net.URI
import java.net.http.HttpClient
import java.util.concurrent.CompletableFuture
import java.util.concurrent.atomic.AtomicInteger

internal class SelectorWakeTest {
    @Test
    fun `the request that goes nowhere is spared the proxy, and only that`() {
        val proxy = InetSocketAddress.createUnresolved("proxy.example", 3128)
        val proxies = SelectorWake.sparing(ProxySelector.of(proxy))
        assertEquals(listOf(Proxy.NO_PROXY), proxies.select(URI("http://224.0.0.1:9/")))
        assertEquals(proxy, proxies.select(URI("https://api.example/v1")).single().address())
    }

    @Test
    fun `many who ask meanwhile wake it once more, and who asks later wakes it again`() {
        val woken = AtomicInteger()
        val late = CompletableFuture<HttpClient>()
        val selector =
            SelectorWake {
                woken.incrementAndGet()
                if (woken.get() == 1) late else null
            }
        repeat(100) { selector.wake() }
        assertEquals(1, woken.get())
        late.completeExceptionally(IOException("closed"))
        assertEquals(2, woken.get())
        selector.wake()
        assertEquals(3, woken.get())
    }
}
