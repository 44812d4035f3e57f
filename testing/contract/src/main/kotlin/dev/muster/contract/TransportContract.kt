package dev.muster.contract

import dev.muster.error.ClientClosedException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.fake.RawServer
import dev.muster.http.codec.TooLargeException
import dev.muster.http.endpoint.readAll
import dev.muster.http.transport.HttpCall
import dev.muster.http.transport.HttpTransport
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.URI
import java.time.Duration

/**
 * The requirements for every [HttpTransport], over real sockets. A transport has one subclass of this class, or of
 * [SlowReaderContract], which adds backpressure:
 *
 * ```kotlin
 * class MyTransportTest : SlowReaderContract() {
 *     override fun newTransport(): HttpTransport = MyTransport()
 * }
 * ```
 *
 * The tests check that
 * - a response has its status, headers and body, and a stream is read as it arrives;
 * - cancelling closes the connection at once, whether the response is awaited, arrives or has stalled, also for a
 *   thousand exchanges together; leaving the handler with an exception does the same;
 * - a refused, closed, reset or cut connection is an [IOException]; an exception of the handler passes unchanged;
 * - redirects are not followed, and a body over the limit of `readAll` is refused;
 * - the handler runs on the caller's dispatcher and never on a thread of the engine;
 * - `close` ends what runs, refuses what comes, and `awaitClosed` reports when everything is closed.
 *
 * To run them over TLS too, override [url] with the address of a TLS proxy for [server]. Also run [CodingContract],
 * and [FailureContract] for a provider on the transport ([ProviderContract.OPENAI_BODY] shows how).
 */
public abstract class TransportContract {
    /** A fake server that replies as each test scripts it. It is closed after the test. */
    protected val server: FakeServer = FakeServer.start()

    /** The transport under test, from [newTransport]. It is closed after the test, and must then be closed soon. */
    protected val transport: HttpTransport by lazy { newTransport() }

    /**
     * How many exchanges are cancelled at once. Default: 1,000. Override it if the engine needs a thread for each one.
     */
    protected open val crowd: Int get() = 1_000

    /** The URL at which the transport reaches [server]. Default: its own. */
    protected open val url: String get() = server.url

    /** Creates the transport. Called once for each test, which closes it. */
    protected abstract fun newTransport(): HttpTransport

    /** Closes [transport] and [server]. Fails if a connection of the transport stays open. */
    @AfterEach
    public fun closeAll() {
        transport.close()
        assertTrue(transport.awaitClosed(LIMIT), "left open: $transport")
        server.close()
    }

    @Test
    public fun `an exchange gives status, headers and body`(): Unit = blocking {
        server.otherwise(FakeReply.raw(418, "text/plain", "héllo").header("X-A", "b"))
        transport.exchange(post(chat())) { answer ->
            assertEquals(418, answer.status)
            assertEquals("b", answer.header("x-a"))
            assertEquals(null, answer.header("x-b"))
            assertEquals("héllo", String(answer.readAll()))
        }
        assertEquals(0, transport.openExchanges)
    }

    @Test
    public fun `a stream is read as it comes`(): Unit = blocking {
        server.otherwise(FakeReply.tokens("one ", "two ", "three").gate(3))
        val seen = StringBuilder()
        transport.exchange(post(chat(stream = true))) { answer ->
            while (true) {
                val pieces = answer.read() ?: break
                pieces.forEach { seen.append(Charsets.UTF_8.decode(it)) }
                if ("two" in seen && "three" !in seen) server.release()
            }
        }
        assertTrue(seen.endsWith("data: [DONE]\n\n"), seen.toString())
    }

    @Test
    public fun `a cancel while the answer is awaited closes the connection`(): Unit =
        closesWhenCancelled(FakeReply.hang(), before = { server.awaitRequests(1, LIMIT) })

    @Test
    public fun `a cancel while the answer flows closes the connection`(): Unit =
        closesWhenCancelled(FakeReply.endless("x "), before = { server.awaitTokens(100, LIMIT) })

    @Test
    public fun `a cancel while the answer has stalled closes the connection`(): Unit =
        closesWhenCancelled(FakeReply.text("one two three").stallAfter(1), before = { server.awaitTokens(1, LIMIT) })

    @Test
    public fun `a cancel while the body of a whole answer has stalled closes the connection`(): Unit =
        closesWhenCancelled(
            FakeReply.text("one").stallAfter(0),
            before = { server.awaitFirstBytes(1, LIMIT) },
            stream = false,
        )

    @Test
    public fun `many exchanges are cancelled at once and none is left`(): Unit = blocking {
        server.otherwise(FakeReply.hang()).recording(false)
        val calls =
            List(crowd) { launch(Dispatchers.Default) { transport.exchange(post(chat())) { it.readAll() } } }
        server.awaitRequests(crowd, LIMIT)
        calls.forEach { it.cancel() }
        calls.joinAll()
        server.awaitDisconnects(crowd, LIMIT)
        server.awaitNoConnections(LIMIT)
        assertEquals(crowd, server.requestCount)
    }

    @Test
    public fun `leaving the handler by an exception closes the connection and passes the exception`(): Unit = blocking {
        server.otherwise(FakeReply.endless("x "))
        val thrown =
            runCatchingIllegalState {
                transport.exchange(post(chat(stream = true))) {
                    it.read()
                    error("mine")
                }
            }
        assertEquals("mine", thrown.message)
        server.awaitDisconnects(1, LIMIT)
    }

    @Test
    public fun `an exception of the caller's own that looks like one of the network passes unchanged`(): Unit =
        blocking {
            server.otherwise(FakeReply.text("x"))
            val mine = IOException("mine")
            val thrown =
                assertThrows(IOException::class.java) {
                    runBlocking { transport.exchange(post(chat())) { throw mine } }
                }
            assertTrue(thrown === mine || thrown.cause === mine)
        }

    @Test
    public fun `a body that is shorter than announced is an IOException`() {
        cutOff(FakeReply.text("a b c").cutAfter(1), stream = false)
        cutOff(FakeReply.text("a b c").resetAfter(1), stream = false)
    }

    /**
     * Why the engine cannot distinguish a chunked body that is cut off between two chunks from a complete one, or
     * null if it can. Default: null. If it cannot, only the end marker of a stream and the JSON of a whole response
     * show it, and the test fails as soon as the engine can.
     */
    protected open val whyCutChunksPassForWhole: String? get() = null

    @Test
    public fun `a chunked body without its last chunk is an IOException, unless the engine cannot tell`() {
        RawServer { connection, _ ->
            readRequest(connection)
            write(connection, RawServer.CHUNKED + "5\r\nhello\r\n")
        }.use { cutting ->
            val read: suspend () -> String =
                { transport.exchange(HttpCall("GET", URI(cutting.url), emptyMap())) { String(it.readAll()) } }
            if (whyCutChunksPassForWhole == null) {
                assertThrows(IOException::class.java) { runBlocking { read() } }
                cutOff(FakeReply.text("a b c").cutAfter(1), stream = true)
                cutOff(FakeReply.text("a b c").resetAfter(1), stream = true)
            } else {
                assertEquals("hello", runBlocking { read() }, "no longer true: $whyCutChunksPassForWhole")
            }
        }
    }

    @Test
    public fun `a connection that is closed without an answer is an IOException`() {
        listOf(FakeReply.cut(), FakeReply.reset()).forEach { reply ->
            server.otherwise(reply)
            assertThrows(IOException::class.java) {
                runBlocking { transport.exchange(post(chat())) { it.readAll() } }
            }
        }
        assertEquals(2, server.requestCount)
    }

    @Test
    public fun `a refused connection and an unknown host are IOExceptions`() {
        val closed = RawServer { _, _ -> }.also { it.close() }
        listOf(closed.url, "http://no-such-host.invalid").forEach { url ->
            assertThrows(IOException::class.java) {
                runBlocking { transport.exchange(HttpCall("GET", URI(url), emptyMap())) { it.readAll() } }
            }
        }
        assertEquals(0, transport.openExchanges)
    }

    @Test
    public fun `a body longer than the limit is refused, announced or not`(): Unit = blocking {
        server.otherwise(FakeReply.raw("x".repeat(1_001)))
        assertThrows(TooLargeException::class.java) {
            runBlocking { transport.exchange(post(chat())) { it.readAll(limit = 1_000) } }
        }
        server.otherwise(FakeReply.endless("x "))
        assertThrows(TooLargeException::class.java) {
            runBlocking { transport.exchange(post(chat(stream = true))) { it.readAll(limit = 100_000) } }
        }
        server.otherwise(FakeReply.raw("x".repeat(1_000)))
        assertEquals(1_000, transport.exchange(post(chat())) { it.readAll(limit = 1_000) }.size)
    }

    @Test
    public fun `a redirect is not followed, neither here nor elsewhere`(): Unit = blocking {
        RawServer { _, _ -> }.use { other ->
            val redirects = REDIRECTS.flatMap { status ->
                listOf("$url/other", "/other", other.url).map { status to it }
            }
            redirects.forEach { (status, location) ->
                server.otherwise(FakeReply.raw(status, "text/plain", "").header("Location", location))
                assertEquals(status, transport.exchange(post(chat())) { it.status })
            }
            assertEquals(redirects.size, server.requestCount)
            assertEquals(0, other.connections)
        }
    }

    @Test
    public fun `the handler runs on the caller's thread and never on the engine's`(): Unit = blocking {
        server.otherwise(FakeReply.text("a b c"))
        val caller = Thread.currentThread()
        transport.exchange(post(chat(stream = true))) { answer ->
            while (answer.read() != null) assertEquals(caller, Thread.currentThread())
        }
        withContext(Dispatchers.Unconfined) {
            transport.exchange(post(chat(stream = true))) { answer ->
                while (answer.read() != null) assertFalse("muster-http" in Thread.currentThread().name)
            }
        }
        assertFalse("muster-http" in Thread.currentThread().name)
    }

    @Test
    public fun `close ends what runs, refuses what comes and reports that all is closed`(): Unit = blocking {
        server.otherwise(FakeReply.hang())
        val call = async(Dispatchers.Default) { runCatching { transport.exchange(post(chat())) { it.readAll() } } }
        server.awaitRequests(1, LIMIT)
        transport.close()
        assertTrue(transport.awaitClosed(LIMIT))
        server.awaitDisconnects(1, LIMIT)
        server.awaitNoConnections(LIMIT)
        assertEquals(ClientClosedException::class.java, call.await().exceptionOrNull()!!.javaClass)
        assertThrows(ClientClosedException::class.java) {
            runBlocking { transport.exchange(post(chat())) { it.readAll() } }
        }
        assertEquals(1, server.requestCount)
    }

    @Test
    public fun `closing a transport that was never used is done at once`() {
        transport.close()
        assertTrue(transport.awaitClosed(Duration.ZERO))
    }

    private fun closesWhenCancelled(reply: FakeReply, before: suspend () -> Unit, stream: Boolean = true) = blocking {
        server.otherwise(reply)
        val call =
            launch(Dispatchers.Default) {
                transport.exchange(post(chat(stream))) { answer ->
                    while (answer.read() != null) {
                        // Read on.
                    }
                }
            }
        before()
        call.cancelAndJoin()
        server.awaitDisconnects(1, LIMIT)
        server.awaitNoConnections(LIMIT)
        assertEquals(1, server.requestCount)
    }

    /** Checks that reading a response with [reply] fails with an [IOException]. */
    protected fun cutOff(reply: FakeReply, stream: Boolean) {
        server.otherwise(reply)
        assertThrows(IOException::class.java) {
            runBlocking { transport.exchange(post(chat(stream))) { it.readAll() } }
        }
    }

    /** Returns a request for a chat completion from [server], with [body]. */
    protected fun post(body: String): HttpCall = HttpCall(
        "POST",
        URI("$url/v1/chat/completions"),
        mapOf("Content-Type" to "application/json", "Authorization" to "Bearer k"),
        body.toByteArray(),
    )

    /** Returns the body of a chat request in OpenAI's API format. */
    protected fun chat(stream: Boolean = false): String =
        """{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":$stream}"""

    /** Runs [block] with a timeout that only a hanging call exceeds. */
    protected fun blocking(block: suspend CoroutineScope.() -> Unit): Unit = runBlocking {
        withTimeout(LIMIT.toMillis()) { block() }
    }

    private suspend fun runCatchingIllegalState(block: suspend () -> Unit): IllegalStateException = try {
        block()
        throw AssertionError("nothing was thrown")
    } catch (e: IllegalStateException) {
        e
    }

    /** The time limit of a test. */
    protected companion object {
        private val REDIRECTS = listOf(301, 302, 303, 307, 308)

        /** Exceeded only by a hanging call. */
        public val LIMIT: Duration = Duration.ofSeconds(60)
    }
}
