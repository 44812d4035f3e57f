package dev.muster.http.transport

import dev.muster.error.AuthenticationException
import dev.muster.error.LlmException
import dev.muster.error.NetworkException
import dev.muster.fake.RawServer
import dev.muster.http.Certificates
import dev.muster.http.LIMIT
import dev.muster.http.TlsForwarder
import dev.muster.http.apiCall
import dev.muster.http.endpointAt
import dev.muster.http.failure
import dev.muster.http.onTransport
import dev.muster.http.transport.internal.ProxyAuthorization
import dev.muster.http.tunnelling
import dev.muster.network.NetworkSettings
import dev.muster.network.ProxyCredentials
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.net.InetSocketAddress
import java.util.concurrent.TimeUnit

class ProxyCredentialsTest {
    private fun by(proxy: RawServer) = through(proxy, NetworkSettings.DEFAULT)

    private fun answering(answer: (request: String) -> String) = RawServer { connection, _ ->
        while (true) write(connection, answer(readRequest(connection) ?: break))
    }

    @Test
    fun `A8 a proxy on the way to a plain http host gets the credentials with the request, unasked`() {
        answering { RawServer.OK }.use { proxy ->
            onTransport(by(proxy)) { endpointAt(it, "http://api.example.invalid/v1").post(apiCall()) }
            assertTrue("\nProxy-Authorization: $BASIC\r" in proxy.requests.single(), proxy.requests.single())
        }
        answering { RawServer.OK }.use { server ->
            onTransport { endpointAt(it, server.url).post(apiCall()) }
            assertFalse("Proxy-Authorization" in server.requests.single())
        }
    }

    @Test
    fun `A8 credentials that are refused are not shown, whatever the proxy repeats`() {
        answering { request ->
            val body = "{\"error\":{\"code\":\"$PASSWORD\",\"message\":\"${request.lines().first { "Basic" in it }}\"}}"
            "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: ${body.length}\r\n\r\n$body"
        }.use { proxy ->
            val failure = failure("http://api.example.invalid/v1", by(proxy))
            assertEquals(NetworkException::class.java, failure.javaClass)
            assertTrue("rejected the credentials" in failure.message!!, failure.message)
            assertFalse(failure.isRetryable)
            assertEquals(1, proxy.requests.size)
            val said = "${failure.stackTraceToString()} ${failure.context}"
            assertFalse(PASSWORD in said || BASIC.substringAfter(' ') in said, said)
        }
        assertFalse(PASSWORD in "${ProxyCredentials("u", PASSWORD)}")
    }

    @Test
    fun `A8 C12 a host behind the proxy that refuses the key is a host that refuses the key`() {
        answering { "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n{}" }.use { proxy ->
            val failure = failure("http://api.example.invalid/v1", by(proxy))
            assertEquals(AuthenticationException::class.java, failure.javaClass)
            assertEquals(1, proxy.requests.size)
        }
    }

    @Test
    fun `A8 where the JDK keeps them from a tunnel the failure says how to have them sent`() {
        assertTrue(ProxyAuthorization.isKeptBack())
        answering { "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n" }.use {
            val failure = failure("https://api.example.invalid/v1", by(it))
            assertEquals(NetworkException::class.java, failure.javaClass)
            assertFalse(failure.isRetryable)
            assertTrue("-Djdk.http.auth.tunneling.disabledSchemes= " in failure.message!!, failure.message)
            assertFalse("uthorization" in it.requests.single(), it.requests.single())
        }
    }

    @Test
    fun `A8 where the JDK lets them pass they open the tunnel, and nobody behind the proxy sees them`() {
        // The JDK reads its system property once per JVM.
        val path = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val java = System.getProperty("java.home") + "/bin/java"
        val main = TunnelledCall::class.java.name
        val command = listOf(java, "-D${ProxyAuthorization.SWITCH}=", "-cp", path, main)
        val process = ProcessBuilder(command).redirectErrorStream(true).start()
        val said = process.inputStream.bufferedReader().readText()
        assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
        assertEquals(TunnelledCall.DONE, said.lines().last { it.isNotBlank() }, said)
    }

    @Test
    fun `A8 what cannot be sent by the Basic scheme is refused`() {
        listOf("a:b" to "p", "a" to "p\nq", "\u0000" to "p").forEach { (user, password) ->
            assertThrows(IllegalArgumentException::class.java) { ProxyCredentials(user, password) }
        }
    }

    internal companion object {
        const val PASSWORD = "pr0xy-p4ss"

        // user:pr0xy-p4ss
        const val BASIC = "Basic dXNlcjpwcjB4eS1wNHNz"

        fun through(proxy: RawServer, network: NetworkSettings) = NetworkSettings {
            proxy(
                InetSocketAddress.createUnresolved("127.0.0.1", proxy.port),
            ).sslContext(network.sslContext).proxyCredentials(ProxyCredentials("user", PASSWORD))
        }
    }
}

/** Calls an https host through a proxy that requires credentials, in a JVM that sends them. */
internal object TunnelledCall {
    const val DONE = "tunnelled"

    @JvmStatic
    fun main(arguments: Array<String>) {
        check(arguments.isEmpty())
        RawServer { connection, _ ->
            while (readRequest(connection) != null) write(connection, RawServer.OK)
        }.use { server ->
            TlsForwarder(Certificates.server(), server.port).use { secure ->
                tunnelling(StringBuffer()).use { proxy ->
                    val trusting = NetworkSettings { sslContext(Certificates.trusting()) }
                    val network = ProxyCredentialsTest.through(proxy, trusting)
                    onTransport(network) { endpointAt(it, secure.farUrl).post(apiCall()) }
                    val connect = proxy.requests.single()
                    check("Proxy-Authorization: ${ProxyCredentialsTest.BASIC}\r" in connect) { connect }
                    check("s3cret" !in connect) { connect }
                    check("roxy-" !in server.requests.single()) { server.requests.single() }
                }
            }
        }
        refused()
        println(DONE)
    }

    private fun refused() {
        RawServer { connection, _ ->
            readRequest(connection)
            write(connection, "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n")
        }.use { proxy ->
            val failure: LlmException =
                failure("https://api.example.invalid/v1", ProxyCredentialsTest.through(proxy, NetworkSettings.DEFAULT))
            check("rejected the credentials" in failure.message!!) { failure.message!! }
        }
    }
}
