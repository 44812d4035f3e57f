package dev.muster.http.endpoint

import dev.muster.MusterClient
import dev.muster.error.LlmException
import dev.muster.error.MalformedResponseException
import dev.muster.error.NetworkException
import dev.muster.error.StreamTruncatedException
import dev.muster.fake.RawServer
import dev.muster.http.EchoProvider
import dev.muster.http.LIMIT
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.Arguments
import org.junit.jupiter.params.provider.Arguments.arguments
import org.junit.jupiter.params.provider.MethodSource
import java.io.OutputStream
import java.net.Socket
import java.time.Duration.ZERO

/**
 * A peer that does not speak HTTP is distinguished from a broken connection: by class, by flag and by the number of
 * requests.
 */
internal class NoHttpTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("foreign")
    fun `what is no HTTP is malformed, says what came, and is not asked again`(
        name: String,
        bytes: String,
        says: String,
    ) {
        answering(bytes) { failure, server ->
            assertEquals(MalformedResponseException::class.java, failure.javaClass, name)
            assertTrue(says in failure.message!!, failure.message)
            assertTrue("127.0.0.1:${server.port}" in failure.message!!, failure.message)
            assertEquals(listOf(false, 1, 1), listOf(failure.isRetryable, failure.attempts, server.requests.size))
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    fun `an answer that breaks off is a failure of the network and tried again`(name: String, bytes: String) {
        answering(bytes) { failure, server ->
            val expected = setOf<Class<*>>(NetworkException::class.java, StreamTruncatedException::class.java)
            assertTrue(failure.javaClass in expected, "$name: $failure")
            assertEquals(listOf(true, 2), listOf(failure.isRetryable, failure.attempts))
            assertEquals(2, server.requests.size)
        }
    }

    @ParameterizedTest
    @MethodSource("endless")
    fun `headers without end are malformed`(name: String, piece: String) {
        val server = RawServer { socket, _ ->
            readRequest(socket)
            write(socket, RawServer.OK.substringBefore("\r\n") + "\r\n")
            while (true) write(socket, piece)
        }
        server.use {
            failuresOf(it) { failure -> assertEquals(MalformedResponseException::class.java, failure.javaClass, name) }
        }
    }

    private fun answering(bytes: String, check: (LlmException, RawServer) -> Unit) {
        repeat(2) { style ->
            val server = RawServer { socket, _ -> if (readRequest(socket) != null) send(socket, bytes) }
            server.use { check(failureOf(it, isStream = style == 1), it) }
        }
    }

    private fun failuresOf(server: RawServer, check: (LlmException) -> Unit) =
        listOf(false, true).forEach { check(failureOf(server, it)) }

    private fun RawServer.send(socket: Socket, bytes: String) {
        socket.getOutputStream().write(bytes.toByteArray(Charsets.ISO_8859_1))
        socket.shutdownOutput()
        // Until the client has closed: closing with unread bytes would be a reset.
        socket.getInputStream().transferTo(OutputStream.nullOutputStream())
    }

    private fun failureOf(server: RawServer, isStream: Boolean): LlmException {
        val client = MusterClient {
            providers(listOf(EchoProvider()))
            provider("echo") { it.apiKey("s3cret-key").baseUrl(server.url) }
            retry(RetryPolicy.builder().maxRetries(1).firstBackoff(ZERO).maxBackoff(ZERO).build())
        }
        return client.use {
            runBlocking {
                withTimeout(LIMIT.toMillis()) {
                    try {
                        val model = it.model("echo::m")
                        if (isStream) model.stream("hi").collect() else model.ask("hi")
                        throw AssertionError("the call did not fail")
                    } catch (e: LlmException) {
                        e
                    }
                }
            }
        }
    }

    private companion object {
        const val HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        const val CHUNKED = HEAD + "Transfer-Encoding: chunked\r\n\r\n"
        const val NO_HTTP = "does not speak HTTP: it sent"
        const val NOT_VALID = "sent a response that is not valid HTTP"

        @JvmStatic
        fun foreign(): List<Arguments> = listOf(
            arguments("an SSH server", "SSH-2.0-OpenSSH_9.6\r\n", "$NO_HTTP \"SSH-2.0-OpenSSH_9.6\""),
            arguments("an SSH server that sends half a line", "SSH-2.0", "$NO_HTTP \"SSH-2.0\""),
            arguments("a mail server", "220 mail.example.org ESMTP\r\n", "$NO_HTTP \"220 mail.example.org ESMTP\""),
            arguments("a Redis server", "-ERR unknown command\r\n", "$NO_HTTP \"-ERR unknown command\""),
            arguments("a body of HTTP/0.9", "<html><body>hi</body></html>", "$NO_HTTP \"<html>"),
            arguments("bare JSON", "{\"text\":\"hi\"}", "$NO_HTTP \"{"),
            arguments("garbage", "lorem ipsum\r\n\r\n", "$NO_HTTP \"lorem ipsum\""),
            arguments("another version", "HTTP/9.9 200 OK\r\n\r\n", "$NO_HTTP \"HTTP/9.9 200 OK\""),
            arguments("a status that is no number", "HTTP/1.1 abc OK\r\n\r\n", "$NO_HTTP \"HTTP/1.1 abc OK\""),
            arguments("a TLS alert", "\u0015\u0003\u0001\u0000\u0002\u0002\u0016", "responded with TLS"),
            arguments("a header's name with a blank", HEAD + "bad name: x\r\n\r\n", NOT_VALID),
            arguments("a length that is no number", HEAD + "Content-Length: abc\r\n\r\nok", NOT_VALID),
            arguments("a negative length", HEAD + "Content-Length: -3\r\n\r\nok", NOT_VALID),
            arguments("a length without end", HEAD + "Content-Length: 99999999999999999999\r\n\r\nok", NOT_VALID),
            arguments("a chunk size that is no number", CHUNKED + "zz\r\nok\r\n0\r\n\r\n", NOT_VALID),
            arguments("a negative chunk size", CHUNKED + "-5\r\nok\r\n0\r\n\r\n", NOT_VALID),
            arguments("a chunk size without end", CHUNKED + "ffffffffffffffffff\r\nok\r\n0\r\n\r\n", NOT_VALID),
            arguments("another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", NOT_VALID),
        )

        @JvmStatic
        fun broken(): List<Arguments> = listOf(
            arguments("at once", ""),
            arguments("within the version", "HT"),
            arguments("within the status", "HTTP/1.1 20"),
            arguments("behind the status", "HTTP/1.1 200 OK\r\n"),
            arguments("within a header", HEAD + "Content-Le"),
            arguments("within a body", HEAD + "Content-Length: 20\r\n\r\n: hi"),
            arguments("before a chunk", CHUNKED),
            arguments("within the size of a chunk", CHUNKED + "5"),
            arguments("within a chunk", CHUNKED + "5\r\n: h"),
        )

        @JvmStatic
        fun endless(): List<Arguments> = listOf(
            arguments("many", "X-Header: ${"a".repeat(1_000)}\r\n"),
            arguments("one", "a".repeat(1_000)),
        )
    }
}
