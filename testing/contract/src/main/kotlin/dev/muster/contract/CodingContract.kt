package dev.muster.contract

import dev.muster.error.AuthenticationException
import dev.muster.error.LlmException
import dev.muster.error.MalformedResponseException
import dev.muster.error.NetworkException
import dev.muster.error.StreamTruncatedException
import dev.muster.fake.RawServer
import dev.muster.http.codec.SseEvent
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.BaseUrl
import dev.muster.http.endpoint.ErrorCodes
import dev.muster.http.endpoint.EventDecoder
import dev.muster.http.transport.HttpTransport
import dev.muster.provider.StreamSink
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.ByteArrayOutputStream
import java.lang.reflect.Proxy
import java.net.Socket
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.zip.Deflater
import java.util.zip.DeflaterOutputStream
import java.util.zip.GZIPOutputStream

/**
 * Bodies with a content encoding that was not requested, as gateways send them. Every [HttpTransport] has one subclass,
 * next to its [TransportContract].
 *
 * Muster decodes gzip and deflate above the transport. The tests check that nothing in the transport prevents it:
 * whole responses and error bodies are decoded, a token of a stream arrives as soon as its bytes do, a body that is cut
 * off is reported as cut off, an unknown or wrong encoding is named, and a small body that expands to a huge one is
 * refused.
 */
public abstract class CodingContract {
    /** Creates the transport. The test closes it. */
    protected abstract fun newTransport(): HttpTransport

    /** Whether the engine requests gzip by itself and decodes it. Default: false. */
    protected open val decodesGzip: Boolean get() = false

    @Test
    public fun `a whole answer and the words of an error are decoded`() {
        CODINGS.forEach { (name, encode) ->
            assertEquals("{\"a\":\"\u00e9\"}", whole(name, encode("\uFEFF{\"a\":\"\u00e9\"}".toByteArray())), name)
            val error = failure("401 No", name, encode("""{"error":{"message":"the words"}}""".toByteArray()))
            assertEquals(AuthenticationException::class.java, error.javaClass)
            assertTrue("the words" in error.message!!, "$name: ${error.message}")
        }
    }

    @Test
    public fun `a token of a stream is given as soon as its bytes are here`() {
        listOf("gzip", "deflate").forEach { name ->
            val given = CountDownLatch(1)
            var inTime = false
            val server =
                RawServer { socket, _ ->
                    readRequest(socket)
                    write(socket, head("200 OK", name, null))
                    val plain = Chunks(this, socket)
                    val coded = if (name == "gzip") GZIPOutputStream(plain, true) else DeflaterOutputStream(plain, true)
                    coded.write("data: one\n\n".toByteArray())
                    coded.flush()
                    plain.flush()
                    inTime = given.await(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    coded.write("data: two\n\n".toByteArray())
                    coded.close()
                    plain.end()
                }
            val seen = mutableListOf<String>()
            asked(server) { endpoint ->
                endpoint.events(
                    CALL,
                    Taking {
                        seen += it
                        given.countDown()
                    },
                )
            }
            assertEquals(listOf("one", "two") to true, seen to inTime, name)
        }
    }

    @Test
    public fun `a coding that ends too soon is a truncated answer`() {
        val name = if (decodesGzip) "deflate" else "gzip"
        val encoded = CODINGS.getValue(name)("data: ${"abc".repeat(100)}\n\n".toByteArray()).dropLast(9).toByteArray()
        assertEquals(NetworkException::class.java, failure("200 OK", name, encoded).javaClass)
        val error = failure("200 OK", name, encoded) { it.events(CALL, Taking {}) }
        assertEquals(StreamTruncatedException::class.java, error.javaClass)
    }

    @Test
    public fun `a coding that is not known, or not true, is named`() {
        val gzip = CODINGS.getValue("gzip")("x".toByteArray())
        val wrong = gzip.copyOf().also { it[it.size - 5] = (it[it.size - 5] + 1).toByte() }
        val faults = mutableListOf("br" to byteArrayOf(1, 2), "gzip, zstd" to gzip, "deflate" to byteArrayOf(7, 7, 7))
        if (!decodesGzip) faults += "gzip" to wrong
        faults.forEach { (name, body) ->
            listOf<suspend (ApiEndpoint) -> Unit>({ it.post(CALL) }, { it.events(CALL, Taking {}) }).forEach { ask ->
                val error = failure("200 OK", name, body, ask)
                assertEquals(MalformedResponseException::class.java, error.javaClass, "$name: $error")
                assertTrue(name in error.message!!, error.message)
            }
            assertEquals(AuthenticationException::class.java, failure("401 No", name, body).javaClass)
        }
    }

    @Test
    public fun `a few bytes that stand for very many are held to the limits`() {
        val bomb = ByteArrayOutputStream()
        GZIPOutputStream(bomb).use { out -> repeat(BOMB_MIB) { out.write(ByteArray(MIB)) } }
        val line = failure("200 OK", "gzip", bomb.toByteArray()) { it.events(CALL, Taking {}) }
        assertEquals(MalformedResponseException::class.java, line.javaClass)
        assertTrue("longer than" in line.message!!, line.message)
        assertEquals(AuthenticationException::class.java, failure("401 No", "gzip", bomb.toByteArray()).javaClass)
    }

    private fun whole(coding: String, body: ByteArray): String {
        var text = ""
        asked(sending("200 OK", coding, body)) { text = it.post(CALL).text }
        return text
    }

    private fun failure(
        status: String,
        coding: String,
        body: ByteArray,
        ask: suspend (ApiEndpoint) -> Unit = { it.post(CALL) },
    ): LlmException = assertThrows(LlmException::class.java) { asked(sending(status, coding, body), ask) }

    private fun sending(status: String, coding: String, body: ByteArray) = RawServer { socket, _ ->
        readRequest(socket)
        write(socket, head(status, coding, body.size).toByteArray() + body)
    }

    private fun head(status: String, coding: String, length: Int?) = "HTTP/1.1 $status\r\nConnection: close\r\n" +
        "Content-Encoding: $coding\r\n" +
        (if (length == null) "Transfer-Encoding: chunked" else "Content-Length: $length") + "\r\n\r\n"

    private fun asked(server: RawServer, ask: suspend (ApiEndpoint) -> Unit) {
        val transport = newTransport()
        try {
            server.use {
                val endpoint =
                    ApiEndpoint("x", transport, BaseUrl.parse(it.url), emptyMap(), null, LIMIT, ErrorCodes())
                runBlocking { withTimeout(LIMIT.toMillis()) { ask(endpoint) } }
            }
        } finally {
            transport.close()
            assertTrue(transport.awaitClosed(LIMIT))
        }
    }

    private class Taking(private val event: (String) -> Unit) : EventDecoder(NOWHERE) {
        override suspend fun take(event: SseEvent): Boolean {
            event(event.data)
            return false
        }
    }

    /** Sends the written bytes as one chunk at each flush. */
    private class Chunks(private val server: RawServer, private val socket: Socket) : ByteArrayOutputStream() {
        override fun flush() {
            if (size() > 0) server.write(socket, "${size().toString(HEX)}\r\n".toByteArray() + toByteArray() + CRLF)
            reset()
        }

        fun end() {
            flush()
            server.write(socket, "0\r\n\r\n")
        }
    }

    private companion object {
        val LIMIT: Duration = Duration.ofSeconds(60)
        val CALL = ApiCall("/chat", "m", "{}".toByteArray()) { emptyList() }
        val CRLF = "\r\n".toByteArray()
        const val HEX = 16

        // A sink that ignores everything. A proxy, so that it need not follow every new method of the interface.
        val NOWHERE =
            Proxy.newProxyInstance(CodingContract::class.java.classLoader, arrayOf(StreamSink::class.java)) { _, _, _ ->
                null
            } as StreamSink
        const val MIB = 1024 * 1024
        const val BOMB_MIB = 9

        fun gzip(bytes: ByteArray): ByteArray =
            ByteArrayOutputStream().also { out -> GZIPOutputStream(out).use { it.write(bytes) } }.toByteArray()

        fun deflate(bytes: ByteArray, bare: Boolean): ByteArray = ByteArrayOutputStream()
            .also { out -> DeflaterOutputStream(out, Deflater(-1, bare)).use { it.write(bytes) } }
            .toByteArray()

        /** By the name in the header. */
        val CODINGS: Map<String, (ByteArray) -> ByteArray> =
            mapOf(
                "gzip" to ::gzip,
                "x-gzip" to ::gzip,
                "GZIP " to ::gzip,
                "deflate" to { deflate(it, bare = false) },
                "Deflate" to { deflate(it, bare = true) },
                "deflate, gzip" to { gzip(deflate(it, bare = false)) },
                "identity" to { it },
            )
    }
}
