package dev.muster.http.transport

import dev.muster.error.NetworkException
import dev.muster.fake.RawServer
import dev.muster.http.Certificates
import dev.muster.http.LIMIT
import dev.muster.http.TlsForwarder
import dev.muster.http.apiCall
import dev.muster.http.endpoint.readAll
import dev.muster.http.endpointAt
import dev.muster.http.failure
import dev.muster.http.get
import dev.muster.http.onTransport
import dev.muster.http.tunnelling
import dev.muster.network.NetworkSettings
import dev.muster.network.ProxyCredentials
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.net.InetSocketAddress
import java.net.ProxySelector
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

class ProxyTest {
    @Test
    fun `A8 a plain request goes to the proxy, which looks the host up`() {
        answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").use { proxy ->
            val answer = onTransport(by(proxy)) { endpointAt(it, "http://api.example.invalid/v1").post(apiCall()) }
            assertEquals("ok", answer.text)
            assertTrue(proxy.requests.single().startsWith("POST http://api.example.invalid/v1/chat "))
        }
    }

    @Test
    fun `A8 an https request goes through a tunnel in which the proxy sees neither key nor prompt`() {
        RawServer { connection, _ ->
            while (readRequest(connection) != null) write(connection, RawServer.OK)
        }.use { server ->
            TlsForwarder(Certificates.server(), server.port).use { secure ->
                val seen = StringBuffer()
                tunnelling(seen).use { proxy ->
                    val network = NetworkSettings { proxy(address(proxy)).sslContext(Certificates.trusting()) }
                    val answer = onTransport(network) { endpointAt(it, secure.farUrl).post(apiCall("pr0mpt")) }
                    assertEquals("ok", answer.text)
                    val connect = proxy.requests.single()
                    assertTrue(connect.startsWith("CONNECT ${secure.farUrl.removePrefix("https://")} "), connect)
                    assertFalse("s3cret" in connect || "uthorization" in connect, connect)
                    assertFalse("s3cret" in seen || "pr0mpt" in seen)
                }
                assertTrue("Authorization: Bearer s3cret-key" in server.requests.single())
            }
        }
    }

    @Test
    fun `A8 a server on this machine is reached past the proxy, and the proxy is not named where it fails`() {
        RawServer { connection, _ ->
            while (readRequest(connection) != null) write(connection, RawServer.OK)
        }.use { server ->
            answering("").use { proxy ->
                for (network in listOf(by(proxy), credentials(proxy))) {
                    onTransport(network) { endpointAt(it, server.url).post(apiCall()) }
                }
                assertEquals(0, proxy.connections)
                assertEquals(2, server.requests.size)
                assertTrue(server.requests.none { "Proxy-Authorization" in it }, "${server.requests}")
                val closed = answering("").also { it.close() }
                val failure = failure(closed.url, by(proxy))
                assertTrue("127.0.0.1:${closed.port} refused" in failure.message!!, failure.message)
                assertFalse("proxy" in failure.message!!, failure.message)
            }
        }
    }

    @Test
    fun `A8 the JVM's proxy is used where none is set, and named where it refuses`() {
        answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n").use { proxy ->
            val usual = ProxySelector.getDefault()
            ProxySelector.setDefault(ProxySelector.of(InetSocketAddress("127.0.0.1", proxy.port)))
            try {
                val failure = failure("https://api.example.invalid/v1")
                assertTrue("the proxy 127.0.0.1:${proxy.port} opened no tunnel" in failure.message!!, failure.message)
                assertEquals(1, proxy.connections)
            } finally {
                ProxySelector.setDefault(usual)
            }
        }
    }

    private fun credentials(proxy: RawServer) =
        NetworkSettings { proxy(address(proxy)).proxyCredentials(ProxyCredentials("user", "p4ss")) }

    @Test
    fun `a cancel closes the tunnel and what is behind it`() {
        val ended = CompletableFuture<Unit>()
        val started = CompletableFuture<Unit>()
        RawServer { connection, _ ->
            readRequest(connection)
            started.complete(Unit)
            try {
                connection.getInputStream().read()
            } finally {
                ended.complete(Unit)
            }
        }.use { server ->
            TlsForwarder(Certificates.server(), server.port).use { secure ->
                tunnelling(StringBuffer()).use { proxy ->
                    val network = NetworkSettings { proxy(address(proxy)).sslContext(Certificates.trusting()) }
                    onTransport(network) { transport ->
                        val call =
                            launch(Dispatchers.Default) { transport.exchange(get(secure.farUrl)) { it.readAll() } }
                        started.get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                        call.cancelAndJoin()
                        ended.get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
        "https, 407, false, credentials",
        "https, 403, false, opened no tunnel",
        "https, 502, true, opened no tunnel",
        "http, 407, false, credentials",
    )
    fun `a proxy that refuses is said to be the proxy`(scheme: String, status: Int, retryable: Boolean, says: String) {
        val head = "HTTP/1.1 $status No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 2\r\n\r\nno"
        answering(head).use { proxy ->
            val failure = failure("$scheme://api.example.invalid/v1", by(proxy))
            assertEquals(NetworkException::class.java, failure.javaClass, failure.message)
            assertEquals(retryable, failure.isRetryable)
            assertTrue(says in failure.message!! && "proxy" in failure.message!!, failure.message)
            assertEquals(1, proxy.requests.size)
            assertEquals(scheme == "http", "s3cret-key" in proxy.requests.single())
        }
    }

    @Test
    fun `a proxy that cannot be reached is named, and not the host behind it`() {
        val proxy = answering("").also { it.close() }
        val failure = failure("https://api.example.invalid/v1", by(proxy))
        assertTrue("the proxy 127.0.0.1:${proxy.port} refused" in failure.message!!, failure.message)
        val nowhere = NetworkSettings { proxy(InetSocketAddress.createUnresolved("no-such-proxy.invalid", 1)) }
        val unknown = failure("https://api.example.invalid/v1", nowhere)
        assertTrue("could not resolve the proxy no-such-proxy.invalid:1" in unknown.message!!, unknown.message)
    }

    private fun by(proxy: RawServer) = NetworkSettings { proxy(address(proxy)) }

    private fun address(proxy: RawServer) = InetSocketAddress.createUnresolved("127.0.0.1", proxy.port)

    private fun answering(head: String) = RawServer { connection, _ ->
        readRequest(connection)
        write(connection, head)
    }
}
