package dev.muster.http.endpoint

import dev.muster.error.LlmException
import dev.muster.error.MalformedResponseException
import dev.muster.error.ProviderException
import dev.muster.fake.RawServer
import dev.muster.http.LIMIT
import dev.muster.http.Unimpressed
import dev.muster.http.apiCall
import dev.muster.http.codec.LineReader
import dev.muster.http.codec.TooLargeException
import dev.muster.http.endpointAt
import dev.muster.http.onTransport
import dev.muster.http.transport.HttpAnswer
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.IOException
import java.io.OutputStream
import java.net.Socket
import java.nio.ByteBuffer
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

/** The default limits, against servers that never stop. */
class LimitsTest {
    @Test
    fun `a whole answer is 64 MiB at most, announced or not`() {
        assertEquals(64 * MIB, DEFAULT_BODY_LIMIT)
        val announced = refusal("HTTP/1.1 200 OK\r\nContent-Length: ${64 * MIB + 1}\r\n\r\n", X, whole)
        assertTooLarge(announced, 64 * MIB)
        assertTooLarge(refusal(RawServer.CHUNKED, chunk(X), whole), 64 * MIB)
    }

    @Test
    fun `a line is 8 MiB at most, of events and of JSON`() {
        assertEquals(8 * MIB, LineReader.DEFAULT_LINE_LIMIT)
        assertTooLarge(refusal(RawServer.CHUNKED, chunk(X), events), 8 * MIB)
        assertTooLarge(refusal(RawServer.CHUNKED, chunk(X), lines), 8 * MIB)
    }

    @Test
    fun `the lines of one event are 8 MiB together at most`() {
        val line = "data: " + "x".repeat(CHUNK) + "\n"
        assertTooLarge(refusal(RawServer.CHUNKED, chunk(line), events), 8 * MIB)
    }

    @Test
    fun `the lines of an event are held to that also where the stream ends within the last`() {
        val line = "data: " + "x".repeat(5 * MIB)
        RawServer { connection, _ ->
            readRequest(connection)
            write(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n$line\n$line")
        }.use { server ->
            val failure =
                assertThrows(LlmException::class.java) { onTransport { events(endpointAt(it, server.url)) } }
            assertTooLarge(failure, 8 * MIB)
        }
    }

    @Test
    fun `what an answer announces is not held before it has come`() {
        val waiting = object : HttpAnswer {
            override val status = 200

            override fun header(name: String) = "${DEFAULT_BODY_LIMIT}".takeIf { name == "Content-Length" }

            override suspend fun read(): List<ByteBuffer>? = awaitCancellation()
        }
        // The machine of a test does not have as much memory as they announce.
        runBlocking { List(200) { launch { waiting.readAll() } }.onEach { yield() }.forEach { it.cancelAndJoin() } }
    }

    @Test
    fun `a stream is 256 MiB at most, of comments and of blank lines too`() {
        assertEquals(256 * MIB, DEFAULT_STREAM_LIMIT)
        assertTooLarge(refusal(RawServer.CHUNKED, chunk(":" + "x".repeat(CHUNK) + "\n"), events), 256 * MIB)
        assertTooLarge(refusal(RawServer.CHUNKED, chunk(" ".repeat(CHUNK) + "\n"), lines), 256 * MIB)
    }

    @Test
    fun `the endless page of an error is left at its first MiB and the status told`() {
        val head = RawServer.CHUNKED.replace("200 OK", "500 Oops")
        listOf(whole, events, lines).forEach { ask ->
            val failure = refusal(head, chunk(X), ask)
            assertEquals(ProviderException::class.java, failure.javaClass)
            assertEquals(500, failure.status)
        }
    }

    @Test
    fun `endless headers are malformed`() {
        val failure = refusal("HTTP/1.1 200 OK\r\n", "X-More: " + "x".repeat(1_000) + "\r\n", whole)
        assertEquals(MalformedResponseException::class.java, failure.javaClass)
    }

    private fun assertTooLarge(failure: LlmException, limit: Int) {
        assertEquals(MalformedResponseException::class.java, failure.javaClass, failure.stackTraceToString())
        assertEquals(limit, (failure.cause as TooLargeException).limit)
        assertFalse(failure.isRetryable)
        assertTrue("$limit bytes" in failure.message!!, failure.message)
    }

    /**
     * The result of [ask] with a server that sends [head] and then [more] until the connection is closed, which must
     * happen.
     */
    private fun refusal(head: String, more: String, ask: suspend (ApiEndpoint) -> Unit): LlmException {
        val closed = CompletableFuture<Unit>()
        RawServer { connection, _ ->
            readRequest(connection)
            write(connection, head)
            writeOn(connection, more.toByteArray(), closed)
        }.use { server ->
            val failure =
                assertThrows(LlmException::class.java) { onTransport { ask(endpointAt(it, server.url)) } }
            closed.get(LIMIT.toSeconds(), TimeUnit.SECONDS)
            assertEquals(1, server.connections)
            return failure
        }
    }

    private fun writeOn(connection: Socket, more: ByteArray, closed: CompletableFuture<Unit>) {
        val out: OutputStream = connection.getOutputStream()
        try {
            while (true) out.write(more)
        } catch (_: IOException) {
            closed.complete(Unit)
        }
    }

    private val whole: suspend (ApiEndpoint) -> Unit = { it.post(apiCall()) }
    private val events: suspend (ApiEndpoint) -> Unit = { it.events(apiCall(), Unimpressed()) }
    private val lines: suspend (ApiEndpoint) -> Unit = { it.lines(apiCall(), { }) { false } }

    private fun chunk(text: String) = "${text.length.toString(16)}\r\n$text\r\n"

    private companion object {
        const val MIB = 1024 * 1024
        const val CHUNK = 64 * 1024
        val X = "x".repeat(CHUNK)
    }
}
