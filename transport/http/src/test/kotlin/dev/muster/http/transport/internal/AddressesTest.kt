package dev.muster.http.transport.internal

import dev.muster.fake.RawServer
import dev.muster.http.LIMIT
import dev.muster.http.endpoint.readAll
import dev.muster.http.transport.HttpCall
import dev.muster.network.NetworkSettings
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.ConnectException
import java.net.InetAddress
import java.net.URI
import java.util.concurrent.CopyOnWriteArrayList

class AddressesTest {
    private val lookups = CopyOnWriteArrayList<String>()
    private val here = InetAddress.getByName("127.0.0.1")
    private val there = InetAddress.getByName("127.0.0.2")

    @Test
    fun `a server that listens on another address of localhost is found, and found at once the next time`() {
        RawServer(there) { connection, _ ->
            // A connection closed silently might still be in the pool.
            while (readRequest(connection) != null) write(connection, RawServer.OK)
        }.use { server ->
            onEngine(here, there) { engine ->
                repeat(3) { assertEquals("ok", String(engine.exchange(call(server)) { it.readAll() })) }
            }
            assertEquals(3, server.requests.size)
            assertEquals(listOf("localhost"), lookups)
        }
    }

    @Test
    fun `where no address answers the failure is that of the first, with the others suppressed`() {
        val server = RawServer(there) { _, _ -> }.also { it.close() }
        onEngine(here, there) { engine ->
            val failure =
                assertThrows(ConnectException::class.java) {
                    runBlocking { engine.exchange(call(server)) { it.readAll() } }
                }
            assertTrue(failure.suppressed.isNotEmpty())
            assertEquals(0, engine.openExchanges)
        }
    }

    @Test
    fun `a failure of the reader's own is not one of the connection`() {
        RawServer(here) { connection, _ ->
            readRequest(connection)
            write(connection, RawServer.OK)
        }.use { server ->
            onEngine(here, there) { engine ->
                val mine = ConnectException("mine")
                val thrown =
                    assertThrows(IOException::class.java) {
                        runBlocking { engine.exchange(call(server)) { throw mine } }
                    }
                assertTrue(thrown === mine || thrown.cause === mine)
                assertEquals(1, server.requests.size)
            }
        }
    }

    @Test
    fun `other hosts are asked for by number only where their name can be told`() {
        val usual = Addresses({ it.run() }, hostMaySet = false) { listOf(here) }
        val free = Addresses({ it.run() }, hostMaySet = true) { listOf(here, InetAddress.getByName("::1")) }
        val far = URI("http://api.example/v1?a=%20b")
        assertFalse(usual.hasOthers(far))
        assertTrue(free.hasOthers(far))
        listOf("https://api.example/v1", "http://127.0.0.1/v1", "http://[::1]/v1").forEach {
            assertFalse(free.hasOthers(URI(it)), it)
        }
        val all = runBlocking { free.all(far) }
        assertEquals(listOf("http://127.0.0.1/v1?a=%20b", "http://[0:0:0:0:0:0:0:1]/v1?a=%20b"), all.map { "$it" })
        assertEquals("api.example", free.hostHeader(far, all[0]))
        assertNull(free.hostHeader(far, far))
        assertNull(usual.hostHeader(far, all[0]))
        free.works(far, all[1])
        assertEquals(all[1], free.first(far))
        free.forget(far)
        assertEquals(far, free.first(far))
    }

    private fun call(server: RawServer) =
        HttpCall("POST", URI("http://localhost:${server.port}/v1"), emptyMap(), ByteArray(2))

    private fun onEngine(vararg addresses: InetAddress, test: suspend (JdkExchanger) -> Unit) {
        val engine =
            JdkExchanger(NetworkSettings.DEFAULT, addresses = { executor ->
                Addresses(executor, hostMaySet = false) {
                    lookups += it
                    addresses.toList()
                }
            })
        try {
            runBlocking { withTimeout(LIMIT.toMillis()) { test(engine) } }
        } finally {
            engine.close()
            check(engine.awaitClosed(LIMIT))
        }
    }
}
