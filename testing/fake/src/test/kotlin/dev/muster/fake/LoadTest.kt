package dev.muster.fake

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.SocketChannel
import java.time.Duration

/** Many concurrent exchanges on plain channels: a client library has its own limits. */
class LoadTest {
    private val request = Wire.chatBody().let {
        "POST /v1/chat/completions HTTP/1.1\r\nAuthorization: Bearer k\r\nContent-Length: ${it.length}\r\n\r\n$it"
    }

    private fun open(port: Int): SocketChannel = SocketChannel.open(InetSocketAddress("127.0.0.1", port)).also {
        it.write(ByteBuffer.wrap(request.toByteArray()))
    }

    private fun status(channel: SocketChannel): String {
        val bytes = ByteBuffer.allocate(15)
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) continue
        return String(bytes.array())
    }

    @Test
    @Tag("quiet")
    fun `it starts in well under a second`() {
        FakeServer.start().close()
        val before = System.nanoTime()
        FakeServer.start().close()
        assertTrue(Duration.ofNanos(System.nanoTime() - before) < Duration.ofSeconds(1))
    }

    @Test
    fun `a thousand exchanges are open at once on one thread, and half of them leave`() {
        FakeServer.start().use { server ->
            server.holdAll(1_000)
            server.onPrompt("hello").reply(FakeReply.text("done").hold())
            val threads = Thread.getAllStackTraces().size
            val clients = List(1_000) { open(server.port) }
            server.awaitHeld(1_000, Wire.patience)
            assertEquals(1_000, server.peakInFlight)
            assertTrue(Thread.getAllStackTraces().size <= threads)
            clients.take(500).forEach { it.close() }
            server.awaitDisconnects(500, Wire.patience)
            assertEquals(500, server.inFlight)
            server.release()
            assertTrue(clients.drop(500).all { status(it) == "HTTP/1.1 200 OK" })
            server.awaitIdle(Wire.patience)
            assertEquals(listOf(500, 500), listOf(server.completed, server.disconnects))
            clients.forEach { it.close() }
            server.awaitNoConnections(Wire.patience)
        }
    }

    @Test
    @Tag("slow")
    @Timeout(180)
    fun `ten thousand exchanges are open at once in a process of its own`() {
        FakeServerProcess.start("--hold=10000").use { server ->
            val port = server.url.substringAfterLast(':').toInt()
            val clients = List(10_000) { open(port) }
            val stats = server.awaitRequests(10_000, Duration.ofSeconds(60))
            assertEquals(10_000, stats.peakInFlight)
            assertTrue(clients.all { status(it) == "HTTP/1.1 200 OK" })
            assertEquals(0, server.awaitCompleted(10_000, Duration.ofSeconds(60)).disconnects)
            clients.forEach { it.close() }
        }
        FakeServerProcess.start("--latency=10m").use { server ->
            val port = server.url.substringAfterLast(':').toInt()
            val clients = List(10_000) { open(port) }
            assertEquals(10_000, server.awaitRequests(10_000, Duration.ofSeconds(60)).inFlight)
            clients.forEach { it.close() }
            assertEquals(10_000, server.awaitDisconnects(10_000, Duration.ofSeconds(60)).disconnectStamps.size)
        }
    }
}
