package dev.muster.fake

import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration

class HoldTest {
    private val server = FakeServer.start()
    private val stream = ""","stream":true"""

    @AfterEach
    fun close() = server.close()

    @Test
    fun `all replies are held until so many requests have arrived`() {
        server.holdAll(3)
        val clients = List(2) { RawClient(server).chat() }
        server.awaitHeld(2, Wire.patience)
        assertTrue(clients.all { it.silent() })
        RawClient(server).use { last ->
            last.chat().readUntil("You said")
            clients.forEach { it.readUntil("You said").close() }
        }
        server.awaitCompleted(3, Wire.patience)
        val arrivals = server.requests.maxOf { it.arrivedAt }
        assertTrue(server.requests.all { it.firstByteAt!! >= arrivals })
        assertEquals(3, server.peakInFlight)
        RawClient(server).use { it.chat().readUntil("You said") }
    }

    @Test
    fun `holdAll counts from its call`() {
        RawClient(server).use { it.chat().readUntil("You said") }
        server.holdAll(2)
        RawClient(server).use { first ->
            first.chat()
            server.awaitHeld(1, Wire.patience)
            RawClient(server).use { it.chat().readUntil("You said") }
            first.readUntil("You said")
        }
    }

    @Test
    fun `one reply is held until so many requests have arrived`() {
        server.onModel("held").reply(FakeReply.text("now").holdUntil(2))
        RawClient(server).use { held ->
            held.chat(model = "held")
            server.awaitHeld(1, Wire.patience)
            RawClient(server).use { it.chat().readUntil("You said") }
            held.readUntil("now")
        }
    }

    @Test
    fun `release lets held replies go, now and later`() {
        server.otherwise(FakeReply.text("free").hold())
        RawClient(server).use { client ->
            client.chat()
            server.awaitHeld(1, Wire.patience)
            server.release()
            client.readUntil("free")
        }
        RawClient(server).use { it.chat().readUntil("free") }
        server.reset()
        server.otherwise(FakeReply.text("free").hold())
        RawClient(server).use {
            it.chat()
            server.awaitHeld(1, Wire.patience)
        }
    }

    @Test
    fun `named gates open one by one`() {
        server.onModel("a").reply(FakeReply.text("reply a").hold("a"))
        server.onModel("b").reply(FakeReply.text("reply b").hold("b"))
        RawClient(server).use { a ->
            RawClient(server).use { b ->
                a.chat(model = "a")
                b.chat(model = "b")
                server.awaitHeld(2, Wire.patience)
                server.release("b")
                b.readUntil("reply b")
                assertTrue(a.silent())
                server.release("a")
                a.readUntil("reply a")
            }
        }
    }

    @Test
    fun `A15 the first token is seen while the server still holds the tenth`() {
        server.otherwise(FakeReply.tokens(List(10) { "t$it " }).gate(10))
        RawClient(server).use { client ->
            client.chat(stream).readUntil("t8 ")
            server.awaitHeld(1, Wire.patience)
            assertFalse("t9 " in client.text)
            assertEquals(9, server.requests.single().tokensSent)
            server.release()
            client.readUntil("[DONE]")
            assertEquals(10, server.requests.single().tokensSent)
        }
    }

    @Test
    fun `a gate past the last token holds the end`() {
        server.otherwise(FakeReply.text("one two").gate(3, "end"))
        RawClient(server).use { client ->
            client.chat(stream).readUntil("two")
            server.awaitHeld(1, Wire.patience)
            assertFalse("\"stop\"" in client.text)
            server.release("end")
            client.readUntil("[DONE]")
        }
    }

    @Test
    fun `headers come at once although the body waits`() {
        server.otherwise(FakeReply.text("late").delayAfterHeaders(Duration.ofMinutes(10)))
        RawClient(server).use { whole ->
            whole.chat().readUntil("\r\n\r\n")
            assertEquals("", whole.body)
        }
        RawClient(server).use { it.chat(stream).readUntil("\r\n\r\n") }
        server.awaitDisconnects(2, Wire.patience)
    }

    @Test
    fun `delays are kept, never cut short`() {
        server.latency(Duration.ofMillis(60)).tokenDelay(Duration.ofMillis(30))
        RawClient(server).use { it.chat(stream).readUntil("[DONE]") }
        server.awaitCompleted(1, Wire.patience)
        val request = server.requests.single()
        val tokens = server.events.filter { it.kind == FakeEventKind.TOKEN }.map { it.nanos }
        assertTrue(request.firstByteAt!! - request.arrivedAt >= Duration.ofMillis(60).toNanos())
        assertTrue(tokens.zipWithNext { a, b -> b - a }.all { it >= Duration.ofMillis(25).toNanos() })
        server.otherwise(FakeReply.text("x").delay(Duration.ZERO))
        RawClient(server).use { it.chat().readUntil("\"x\"") }
    }
}
