package dev.muster.fake

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import picocli.CommandLine.TypeConversionException
import java.io.IOException
import java.net.http.HttpResponse
import java.time.Duration
import java.util.concurrent.TimeUnit

class ProcessTest {
    private fun send(server: FakeServerProcess, body: String = Wire.chatBody()) = Wire.client.sendAsync(
        Wire.post("${server.openAiUrl}/chat/completions", body),
        HttpResponse.BodyHandlers.ofString(),
    )

    @Test
    fun `a server in a process of its own serves, counts, and says when clients left, by this JVM's clock`() {
        FakeServerProcess.start("--hold=4", "--text=done").use { server ->
            val calls = List(3) { send(server) }
            assertEquals(3, server.awaitRequests(3, Wire.patience).peakInFlight)
            val cancelled = System.nanoTime()
            calls.forEach { it.cancel(true) }
            val stats = server.awaitDisconnects(3, Wire.patience)
            val end = System.nanoTime()
            assertEquals(3, stats.disconnectStamps.size)
            // Half the time of the request, which is long on a busy machine.
            val slack = Duration.ofSeconds(30).toNanos()
            assertTrue(stats.disconnectStamps.all { it > cancelled - slack && it < end + slack }, "$cancelled $stats")
            assertEquals(0, server.awaitIdle(Wire.patience).inFlight)
            server.reset()
            val held = send(server)
            server.awaitRequests(1, Wire.patience)
            assertEquals(1, server.stats().held)
            server.release()
            assertEquals("done", contentOf(held.get(60, TimeUnit.SECONDS)))
            assertEquals(1, server.awaitCompleted(1, Wire.patience).requestCount)
            val failure =
                assertThrows(IllegalStateException::class.java) { server.awaitRequests(9, Duration.ofMillis(20)) }
            assertTrue("requests=9" in failure.message!! && "completed=1" in failure.message!!, failure.message)
            assertEquals(0, server.stats().let { it.held + it.rejected + it.disconnects })
        }
    }

    private fun contentOf(response: HttpResponse<String>) =
        Regex("\"content\":\"([^\"]*)\"").find(response.body())?.groupValues?.get(1)

    @Test
    fun `options set tokens, key and hold`() {
        FakeServerProcess.start("--tokens=3", "--key=key", "--hold=2", "--token-delay=1ms").use { server ->
            val first = send(server)
            server.awaitRequests(1, Wire.patience)
            assertEquals(1, server.stats().held)
            val second = send(server, Wire.chatBody(more = ""","stream":true"""))
            assertEquals("token token token", contentOf(first.get(60, TimeUnit.SECONDS)))
            second.get(60, TimeUnit.SECONDS)
            assertEquals(3, server.awaitCompleted(2, Wire.patience).tokens)
        }
        FakeServerProcess.start("--hold=2", "--allow-anonymous").use { server ->
            val only = send(server)
            server.awaitRequests(1, Wire.patience)
            server.release()
            assertEquals(200, only.get(60, TimeUnit.SECONDS).statusCode())
        }
    }

    @Test
    fun `the process ends when it is closed`() {
        val server = FakeServerProcess.start()
        val process = ProcessHandle.of(server.pid).get()
        server.close()
        assertFalse(process.isAlive)
        assertThrows(IllegalStateException::class.java) { server.stats() }
    }

    @Test
    fun `a process that cannot start is an error`() {
        assertThrows(IOException::class.java) { FakeServerProcess.start("--port=-5") }
    }

    @Test
    fun `durations are read as people write them`() {
        val converter = DurationConverter()
        assertEquals(
            listOf(300L, 40_000L, 120_000L, 3_600_000L, 1_500L),
            listOf("300ms", "40s", "2m", "1h", "PT1.5S").map { converter.convert(it).toMillis() },
        )
        assertThrows(TypeConversionException::class.java) { converter.convert("soon") }
    }

    @Test
    fun `unknown controls are refused and none is counted`() {
        FakeServer.start().use { server ->
            RawClient(server).use { it.send("GET /__muster/nothing HTTP/1.1\r\n\r\n").readUntil("no such control") }
            RawClient(server).use { client ->
                client.send("GET /__muster/await?requests=1 HTTP/1.1\r\n\r\n")
                client.send("x")
            }
            server.awaitNoConnections(Wire.patience)
            assertEquals(0, server.requestCount)
        }
    }
}
