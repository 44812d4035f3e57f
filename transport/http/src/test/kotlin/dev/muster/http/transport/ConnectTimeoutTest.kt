package dev.muster.http.transport

import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import dev.muster.fake.RawServer
import dev.muster.http.LIMIT
import dev.muster.http.failure
import dev.muster.network.HttpVersion
import dev.muster.network.NetworkSettings
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.net.InetSocketAddress
import java.net.Socket
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/** The connect timeout covers everything before a request can be sent. */
class ConnectTimeoutTest {
    @ParameterizedTest
    @EnumSource(HttpVersion::class)
    fun `A8 a proxy that does not answer CONNECT`(version: HttpVersion) = ends(version, proxied = true) { connection ->
        readRequest(connection)
        untilClosed(connection)
    }

    @ParameterizedTest
    @EnumSource(HttpVersion::class)
    fun `A8 a server behind a tunnel that does not answer the hello`(version: HttpVersion) =
        ends(version, proxied = true) { connection ->
            readRequest(connection)
            write(connection, "HTTP/1.1 200 Connection established\r\n\r\n")
            untilClosed(connection)
        }

    @ParameterizedTest
    @EnumSource(HttpVersion::class)
    fun `a server that does not answer the hello`(version: HttpVersion) =
        ends(version, proxied = false) { connection -> untilClosed(connection) }

    /** A call ends with the connect timeout, and [serve]'s connection is closed with it. */
    private fun ends(version: HttpVersion, proxied: Boolean, serve: RawServer.(Socket) -> Unit) {
        val closed = CountDownLatch(1)
        RawServer { connection, _ ->
            try {
                serve(connection)
            } finally {
                closed.countDown()
            }
        }.use { raw ->
            val proxy = InetSocketAddress.createUnresolved("127.0.0.1", raw.port)
            val network =
                NetworkSettings {
                    connectTimeout(Duration.ofMillis(200)).proxy(proxy.takeIf { proxied }).httpVersion(version)
                }
            val url = if (proxied) "https://api.example.invalid/v1" else raw.url.replace("http:", "https:")
            val failure = failure(url, network)
            assertEquals(LlmTimeoutException::class.java, failure.javaClass, failure.stackTraceToString())
            assertEquals(TimeoutKind.CONNECT, (failure as LlmTimeoutException).kind)
            check(closed.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) { "the connection was left open" }
            assertEquals(1, raw.connections)
        }
    }

    private fun untilClosed(connection: Socket) {
        while (connection.getInputStream().read() >= 0) {
            // No response is sent.
        }
    }
}
