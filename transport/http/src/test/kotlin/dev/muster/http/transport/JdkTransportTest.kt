package dev.muster.http.transport

import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.fake.RawServer
import dev.muster.http.LIMIT
import dev.muster.http.endpoint.readAll
import dev.muster.http.get
import dev.muster.network.NetworkSettings
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.File
import java.io.IOException
import java.lang.management.ManagementFactory
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.URI
import java.net.http.HttpConnectTimeoutException
import java.nio.ByteBuffer
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.nio.channels.ServerSocketChannel
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicLong
import kotlin.concurrent.thread

/**
 * The guarantees that only the default engine makes. The contract for every engine runs in `testing/contract`, which
 * depends on this module.
 */
internal class JdkTransportTest {
    private val server = FakeServer.start()
    private val chatUrl = URI("${server.url}/v1/chat/completions")
    private val transport = JdkTransport()

    @AfterEach
    fun closeAll() {
        transport.close()
        assertTrue(transport.awaitClosed(LIMIT), "left open: $transport")
        server.close()
    }

    @Test
    fun `a hundred exchanges one after another share one connection`() = blocking {
        server.otherwise(FakeReply.text("one two three"))
        repeat(50) {
            transport.exchange(post(chat())) { it.readAll() }
            awaitIdle()
            // The reader stops at the end marker: the rest is read to keep the connection.
            transport.exchange(post(chat(stream = true))) { answer ->
                val seen = StringBuilder()
                while ("[DONE]" !in seen) answer.read()!!.forEach { seen.append(Charsets.UTF_8.decode(it)) }
            }
            // An exchange that starts before the rest after the end marker has been read opens another connection.
            awaitIdle()
        }
        assertEquals(100, server.requestCount)
        assertEquals(1, server.connectionsAccepted)
    }

    @Test
    fun `a stream that stays open behind its end marker holds up nobody and is closed`() = blocking {
        server.otherwise(FakeReply.text("one").stayOpen())
        val seen = StringBuilder()
        transport.exchange(post(chat(stream = true))) { answer ->
            while ("[DONE]" !in seen) answer.read()!!.forEach { seen.append(Charsets.UTF_8.decode(it)) }
        }
        assertEquals(1, transport.openExchanges)
        server.awaitNoConnections(LIMIT)
    }

    @Test
    fun `a stream that is left in the middle of much more is closed and not drained`() = blocking {
        server.otherwise(FakeReply.endless("word "))
        transport.exchange(post(chat(stream = true))) { it.read() }
        server.awaitDisconnects(1, LIMIT)
    }

    // On two processors the JDK before 24 does so for every future it completes.
    @Test
    fun `neither 300 answers at once nor 300 cancels start a thread each`() = blocking {
        server.otherwise(FakeReply.text("one").hold())
        val answered = List(300) { async(Dispatchers.Default) { transport.exchange(post(chat())) { it.readAll() } } }
        server.awaitHeld(300, LIMIT)
        val startedByAnswers = threadsStarted {
            server.release()
            answered.awaitAll()
        }
        server.otherwise(FakeReply.hang())
        val cancelled = List(300) { async(Dispatchers.Default) { transport.exchange(post(chat())) { it.readAll() } } }
        server.awaitRequests(600, LIMIT)
        val startedByCancels = threadsStarted {
            cancelled.forEach { it.cancel() }
            server.awaitDisconnects(300, LIMIT)
        }
        assertTrue(startedByAnswers < 50, "by answers: $startedByAnswers")
        assertTrue(startedByCancels < 50, "by cancels: $startedByCancels")
    }

    private suspend fun threadsStarted(action: suspend () -> Unit): Long {
        val threads = ManagementFactory.getThreadMXBean()
        val before = threads.totalStartedThreadCount
        action()
        return threads.totalStartedThreadCount - before
    }

    @Test
    fun `300 exchanges in flight take a handful of threads`() = blocking {
        server.otherwise(FakeReply.hang())
        val calls = List(300) { launch(Dispatchers.Default) { transport.exchange(post(chat())) { it.readAll() } } }
        server.awaitRequests(300, LIMIT)
        val threads = Thread.getAllStackTraces().keys.map { it.name }
        val ours = threads.filter { it.startsWith("muster-http-") }
        val limit = Runtime.getRuntime().availableProcessors() * 2 + 2
        assertTrue(ours.size <= limit, "$ours")
        assertEquals(1, threads.count { it.startsWith("HttpClient-") }, "$threads")
        assertTrue(threads.none { it.startsWith("HttpClient-") && "Worker" in it }, "$threads")
        calls.forEach { it.cancelAndJoin() }
    }

    @Test
    fun `the threads end with the transport`() = blocking {
        val own = JdkTransport()
        server.otherwise(FakeReply.text("x"))
        val before = engineThreads()
        List(20) { async(Dispatchers.Default) { own.exchange(post(chat())) { it.readAll() } } }.awaitAll()
        val started = engineThreads() - before
        assertTrue(started.size >= 2, "$started")
        own.close()
        assertTrue(own.awaitClosed(LIMIT))
        started.forEach { it.join(LIMIT.toMillis()) }
        assertTrue(started.none { it.isAlive }, "$started")
        server.awaitNoConnections(LIMIT)
    }

    @Test
    fun `awaitClosed does not wait on a thread of the engine`() {
        val engine = dev.muster.http.transport.internal.JdkExchanger(NetworkSettings.DEFAULT)
        val answered = CompletableFuture<Boolean>()
        server.otherwise(FakeReply.hang())
        runBlocking {
            val call = launch(Dispatchers.Default) { engine.exchange(post(chat())) { it.readAll() } }
            server.awaitRequests(1, LIMIT)
            engine.onWorker { answered.complete(engine.awaitClosed(Duration.ofDays(1))) }
            assertEquals(false, answered.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
            call.cancelAndJoin()
            engine.close()
            assertTrue(engine.awaitClosed(LIMIT))
        }
    }

    @Test
    fun `a reader that is busy holds up the server`() {
        val written = AtomicLong()
        val stalled = CountDownLatch(1)
        ServerSocketChannel.open().bind(InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).use { listening ->
            thread(isDaemon = true) { listening.accept().use { writeUntilStalled(it, written, stalled) } }
            val url = URI("http://127.0.0.1:${listening.socket().localPort}")
            blocking {
                val call =
                    launch(Dispatchers.Default) {
                        transport.exchange(HttpCall("GET", url, emptyMap())) {
                            it.read()
                            awaitCancellation()
                        }
                    }
                assertTrue(stalled.await(LIMIT.toSeconds(), TimeUnit.SECONDS), "wrote ${written.get()} bytes on and on")
                call.cancelAndJoin()
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = ["x", "-5", "5, 5", "1e3", "99999999999999999999", "+", "2\r\nContent-Length: x"])
    fun `a length that is none fails the exchange and closes the connection`(length: String) {
        val closed = CountDownLatch(1)
        RawServer { connection, _ ->
            readRequest(connection)
            write(connection, "HTTP/1.1 200 OK\r\nContent-Length: $length\r\n\r\nok")
            try {
                while (connection.getInputStream().read() >= 0) {
                    // Nothing more is sent.
                }
            } finally {
                closed.countDown()
            }
        }.use { raw ->
            assertThrows(IOException::class.java) { blocking { transport.exchange(get(raw.url)) { it.readAll() } } }
            assertTrue(closed.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
            assertEquals(0, transport.openExchanges)
        }
    }

    // If nothing else happens the JDK checks its sockets every 3 seconds, and would only then release this one. On a
    // busy machine one socket may take that long, but not each of ten.
    @Test
    fun `B25 a cancel while the connection opens closes the socket at once`() = unanswering { port ->
        val call = HttpCall("POST", URI("http://127.0.0.1:$port"), emptyMap(), "body".toByteArray())
        val closedAfter = generateSequence {
            val running = launch(Dispatchers.Default) { transport.exchange(call) { it.readAll() } }
            awaitConnecting(port) { it > 0 }
            running.cancel()
            val cancelled = System.nanoTime()
            awaitConnecting(port) { it == 0 }
            val closed = System.nanoTime()
            while (!running.isCompleted || transport.openExchanges > 0) Thread.onSpinWait()
            Duration.ofNanos(closed - cancelled)
        }
        assertTrue(closedAfter.take(10).any { it < AT_ONCE })
    }

    @Test
    fun `a connection that does not open in time is given up`() = unanswering { port ->
        val limited = JdkTransport(NetworkSettings { connectTimeout(Duration.ofMillis(200)) })
        val call = HttpCall("GET", URI("http://127.0.0.1:$port"), emptyMap())
        assertThrows(HttpConnectTimeoutException::class.java) {
            runBlocking { limited.exchange(call) { it.readAll() } }
        }
        limited.close()
        assertTrue(limited.awaitClosed(LIMIT))
    }

    @Test
    fun `A8 a proxy gets the request with the whole URL`() {
        RawServer { connection, _ ->
            readRequest(connection)
            write(connection, RawServer.OK)
        }.use { proxy ->
            val proxied =
                JdkTransport(NetworkSettings { proxy(InetSocketAddress.createUnresolved("127.0.0.1", proxy.port)) })
            blocking {
                val call = HttpCall("POST", URI("http://api.example.invalid/v1"), emptyMap(), ByteArray(0))
                assertEquals("ok", String(proxied.exchange(call) { it.readAll() }))
            }
            assertTrue(
                proxy.requests.single().startsWith("POST http://api.example.invalid/v1 "),
                proxy.requests.single(),
            )
            proxied.close()
        }
    }

    @Test
    fun `neither a call nor the transport shows a header or a body`() {
        val call =
            HttpCall("POST", URI("http://h/p"), mapOf("Authorization" to "Bearer s3cret"), "pr0mpt".toByteArray())
        listOf(call.toString(), transport.toString()).forEach { text ->
            assertTrue("s3cret" !in text && "pr0mpt" !in text, text)
        }
    }

    /** Returns when every exchange has ended: its connection is then back in the pool or closed. */
    private suspend fun awaitIdle() {
        while (transport.openExchanges > 0) yield()
    }

    private fun blocking(block: suspend CoroutineScope.() -> Unit): Unit =
        runBlocking { withTimeout(LIMIT.toMillis()) { block() } }

    private fun post(body: String): HttpCall {
        val headers = mapOf("Content-Type" to "application/json", "Authorization" to "Bearer k")
        return HttpCall("POST", chatUrl, headers, body.toByteArray())
    }

    private fun chat(stream: Boolean = false) =
        """{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":$stream}"""

    /** Runs [test] against a port whose queue of connections is full, so that a further one is not even refused. */
    private fun unanswering(test: suspend CoroutineScope.(Int) -> Unit) {
        ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")).use { full ->
            val fillers = List(FILLERS) { Socket() }
            try {
                fillers.forEach { filler ->
                    try {
                        filler.connect(full.localSocketAddress, FILL_MILLIS)
                    } catch (_: java.net.SocketTimeoutException) {
                        // Full: the next ones wait too.
                    }
                }
                blocking { test(full.localPort) }
            } finally {
                fillers.forEach { it.close() }
            }
        }
    }

    private fun awaitConnecting(port: Int, reached: (Int) -> Boolean) {
        val end = System.nanoTime() + LIMIT.toNanos()
        while (!reached(connecting(port))) {
            check(System.nanoTime() < end) { "${connecting(port)} sockets are connecting to $port" }
            Thread.onSpinWait()
        }
    }

    /** How many sockets of this machine have sent a SYN to [port] and wait. */
    private fun connecting(port: Int): Int {
        val suffix = ":%04X".format(port)
        return listOf("/proc/net/tcp", "/proc/net/tcp6").sumOf { table ->
            File(table).readLines().drop(1).count {
                val columns = it.trim().split(Regex("\\s+"))
                columns[REMOTE].endsWith(suffix) && columns[STATE] == SYN_SENT
            }
        }
    }

    private fun engineThreads() = Thread
        .getAllStackTraces()
        .keys
        .filter { it.name.startsWith("muster-http-") || it.name.startsWith("HttpClient-") }
        .toSet()

    private fun writeUntilStalled(
        channel: java.nio.channels.SocketChannel,
        written: AtomicLong,
        stalled: CountDownLatch,
    ) {
        channel.write(ByteBuffer.wrap(RawServer.CHUNKED.toByteArray()))
        channel.configureBlocking(false)
        val chunk = ByteBuffer.wrap("4000\r\n${"x".repeat(0x4000)}\r\n".toByteArray())
        Selector.open().use { selector ->
            channel.register(selector, SelectionKey.OP_WRITE)
            while (written.get() < ENDLESS) {
                if (selector.select(STALL_MILLIS) == 0) {
                    stalled.countDown()
                    return
                }
                selector.selectedKeys().clear()
                written.addAndGet(channel.write(chunk).toLong())
                if (!chunk.hasRemaining()) chunk.rewind()
            }
        }
    }

    private companion object {
        val AT_ONCE: Duration = Duration.ofSeconds(1)
        const val FILLERS = 4
        const val FILL_MILLIS = 200
        const val REMOTE = 2
        const val STATE = 3
        const val SYN_SENT = "02"
        const val STALL_MILLIS = 1_000L
        const val ENDLESS = 256L * 1024 * 1024
    }
}
