package dev.muster.http.transport

import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.NetworkException
import dev.muster.error.TimeoutKind
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
import dev.muster.network.NetworkSettings
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

class TlsTest {
    @Test
    fun `a certificate nobody vouches for is refused, sends nothing and is not tried again`() = plain { server ->
        TlsForwarder(Certificates.server(), server.port).use { secure ->
            assertFinal(failure(secure.url), "sslContext")
        }
        assertEquals(emptyList<String>(), server.requests.toList())
    }

    @Test
    fun `a certificate of another host is refused, also by a client that trusts its issuer`() = plain { server ->
        val other = Certificates.of("api.example.com")
        TlsForwarder(Certificates.server(other), server.port).use { secure ->
            val trusting = NetworkSettings { sslContext(Certificates.trusting(other)) }
            assertFinal(failure(secure.url, trusting), "another host")
            assertFinal(failure(secure.url.replace("localhost", "127.0.0.1"), trusting), "another host")
        }
        assertEquals(emptyList<String>(), server.requests.toList())
    }

    @Test
    fun `a certificate whose time is over, or to come, is called that`() = plain { server ->
        listOf(
            Certificates.valid(-20, -10) to "the certificate of localhost:PORT has expired (NotAfter: ",
            Certificates.valid(10, 20) to "the certificate of localhost:PORT is not valid yet (NotBefore: ",
        ).forEach { (certificate, says) ->
            TlsForwarder(Certificates.server(certificate), server.port).use { secure ->
                val trusting = NetworkSettings { sslContext(Certificates.trusting(Certificates.authority)) }
                assertFinal(failure(secure.url, trusting), says.replace("PORT", secure.url.substringAfterLast(':')))
            }
        }
    }

    @Test
    fun `an own trust takes the place of the default one and does not add to it`() = plain { server ->
        TlsForwarder(Certificates.server(), server.port).use { secure ->
            val trusting = NetworkSettings { sslContext(Certificates.trusting()) }
            assertEquals("ok", onTransport(trusting) { endpointAt(it, secure.url).post(apiCall()).text })
            val trustingOther = NetworkSettings { sslContext(Certificates.trusting(Certificates.of("localhost"))) }
            assertFinal(failure(secure.url, trustingOther), "sslContext")
        }
        assertEquals(1, server.requests.size)
    }

    @Test
    fun `a server that speaks no TLS is named as that`() {
        RawServer { connection, _ ->
            connection.getInputStream().read(ByteArray(HELLO))
            write(connection, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        }.use { server -> assertFinal(failure(server.url.replace("http:", "https:")), "does not speak TLS") }
    }

    @Test
    fun `a connection that ends in the handshake may be tried again`() {
        RawServer { connection, _ -> connection.getInputStream().read(ByteArray(HELLO)) }.use { server ->
            val failure = failure(server.url.replace("http:", "https:"))
            assertEquals(NetworkException::class.java, failure.javaClass)
            assertTrue(failure.isRetryable, failure.message)
        }
    }

    @Test
    fun `a server that never answers the hello is given up in time`() = silent { url, _ ->
        val limit = Duration.ofMillis(200)
        val timeout = failure(url, NetworkSettings { connectTimeout(limit) }) as LlmTimeoutException
        assertEquals(TimeoutKind.CONNECT, timeout.kind)
    }

    @Test
    fun `a cancel while the hello is unanswered closes the connection`() = silent { url, connected ->
        onTransport { transport ->
            val call = launch(Dispatchers.Default) { transport.exchange(get(url)) { it.readAll() } }
            val end = connected.get(LIMIT.toSeconds(), TimeUnit.SECONDS)
            call.cancelAndJoin()
            assertEquals("closed", end.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
        }
    }

    private fun assertFinal(failure: LlmException, says: String) {
        assertEquals(NetworkException::class.java, failure.javaClass, failure.stackTraceToString())
        assertFalse(failure.isRetryable, failure.message)
        assertTrue(says in failure.message!! && "x::m" in failure.message!!, failure.message)
    }

    private fun plain(test: (RawServer) -> Unit) = RawServer { connection, _ ->
        while (readRequest(connection) != null) write(connection, RawServer.OK)
    }.use(test)

    /**
     * A server that reads the TLS hello and sends nothing. The future inside the future reports how the connection
     * ended.
     */
    private fun silent(test: (String, CompletableFuture<CompletableFuture<String>>) -> Unit) {
        val connected = CompletableFuture<CompletableFuture<String>>()
        RawServer { connection, _ ->
            connection.getInputStream().read(ByteArray(HELLO))
            val end = CompletableFuture<String>()
            connected.complete(end)
            try {
                connection.getInputStream().read()
            } finally {
                // Both are an end: FIN ends the stream, RST throws an exception.
                end.complete("closed")
            }
        }.use { server -> test(server.url.replace("http:", "https:"), connected) }
    }

    private companion object {
        const val HELLO = 4_096
    }
}
