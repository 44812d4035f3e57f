package dev.muster.fake

import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.time.Duration

/** A client that closes is noticed when its socket reports it, in every phase of a reply. */
class DisconnectTest {
    private val server = FakeServer.start()
    private val long = Duration.ofMinutes(10)
    private val phases =
        mapOf(
            "hanging" to FakeReply.hang(),
            "delayed" to FakeReply.text("x").delay(long),
            "held" to FakeReply.text("x").hold(),
            "held for requests" to FakeReply.text("x").holdUntil(100),
            "headers only" to FakeReply.text("x").delayAfterHeaders(long),
            "between tokens" to FakeReply.text("one two").tokenDelay(long),
            "gated" to FakeReply.text("one two").gate(2),
            "stalled" to FakeReply.text("one two").stallAfter(1),
            "flowing" to FakeReply.endless("tick "),
        )

    @AfterEach
    fun close() = server.close()

    @ParameterizedTest(name = "{0}, reset: {1}")
    @CsvSource(
        "hanging,false", "delayed,false", "held,false", "held for requests,false", "headers only,false",
        "between tokens,false", "gated,false", "stalled,false", "flowing,false",
        "hanging,true", "delayed,true", "held,true", "held for requests,true", "headers only,true",
        "between tokens,true", "gated,true", "stalled,true", "flowing,true",
    )
    fun `a client that leaves is counted once and stamped`(phase: String, reset: Boolean) {
        server.otherwise(phases.getValue(phase))
        val client = RawClient(server).chat(""","stream":true""")
        server.awaitRequests(1, Wire.patience)
        if (phase in listOf("between tokens", "gated", "stalled", "flowing")) server.awaitTokens(1, Wire.patience)
        val before = System.nanoTime()
        if (reset) client.reset() else client.close()
        server.awaitDisconnects(1, Wire.patience)
        val request = server.requests.single()
        val stamp = request.disconnectedAt
        assertNotNull(stamp)
        assertTrue(stamp!! >= before && stamp <= System.nanoTime())
        assertEquals(stamp, request.endedAt)
        assertEquals(FakeRequestState.DISCONNECTED, request.state)
        assertEquals(0, server.inFlight)
        assertEquals(0, server.held)
        assertEquals(1, server.disconnects)
        assertEquals(0, server.completed)
        assertEquals(FakeEventKind.DISCONNECTED, server.events.last().kind)
        server.awaitNoConnections(Wire.patience)
    }

    @Test
    fun `a released gate does not wake a reply whose client has gone`() {
        server.otherwise(FakeReply.text("one two").gate(2))
        RawClient(server).use { it.chat(""","stream":true""").readUntil("one") }
        server.awaitDisconnects(1, Wire.patience)
        server.release()
        assertEquals(1, server.requests.single().tokensSent)
        assertEquals(0, server.completed)
    }

    @Test
    fun `closing an idle connection is no disconnect`() {
        RawClient(server).use {
            it.chat().readUntil("You said")
            server.awaitCompleted(1, Wire.patience)
        }
        server.awaitNoConnections(Wire.patience)
        assertEquals(0, server.disconnects)
        assertNull(server.requests.single().disconnectedAt)
    }

    @Test
    fun `a client that leaves before its request is complete was never a request`() {
        RawClient(server).use { it.send("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 100\r\n\r\n{") }
        RawClient(server).use { it.chat().readUntil("You said") }
        assertEquals(1, server.requestCount)
        assertEquals(0, server.disconnects)
    }
}
