package dev.muster.fake

import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.net.ConnectException
import java.time.Duration

class ObservationTest {
    private val server = FakeServer.start()

    @AfterEach
    fun close() = server.close()

    @Test
    fun `a request is recorded with all that a test may ask for`() {
        val body =
            """{"model":"gpt-4o","stream":true,"max_tokens":9,""" +
                """"tools":[{"type":"function","function":{"name":"t"}}],""" +
                """"messages":[{"role":"system","content":"s"},""" +
                """{"role":"user","content":[{"type":"text","text":"u"}]},""" +
                """{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":""" +
                """{"name":"t","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"}]}"""
        val request = Wire.post(
            "${server.url}/v1/chat/completions?x=1",
            body,
            "Authorization",
            "Bearer sk",
            "X-Own",
            "1",
        )
        Wire.client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString())
        val seen = server.requests.single()
        assertNull(seen.rejection, seen.rejection)
        assertEquals(
            listOf(0, "POST", "/v1/chat/completions", "x=1"),
            listOf(seen.index, seen.method, seen.path, seen.query),
        )
        assertEquals(body, seen.body)
        assertEquals("Bearer sk", seen.header("AUTHORIZATION"))
        assertEquals(listOf("1"), seen.headers["x-own"])
        assertEquals(listOf("gpt-4o", "u", true, 9), listOf(seen.model, seen.prompt, seen.stream, seen.maxTokens))
        assertEquals(listOf("system", "user", "assistant", "tool"), seen.messages.map { it.role })
        assertEquals(listOf("s", "u", "", "r"), seen.messages.map { it.text })
        assertEquals("c1", seen.messages.last().toolCallId)
        assertEquals(listOf("t"), seen.tools)
        assertEquals("s", seen.field("/messages/0/content"))
        assertEquals("9", seen.field("/max_tokens"))
        assertNull(seen.field("/nothing"))
        server.awaitCompleted(1, Wire.patience)
        val done = server.requests.single()
        assertTrue(done.arrivedAt <= done.firstByteAt!! && done.firstByteAt!! <= done.endedAt!!)
        assertEquals(FakeRequestState.COMPLETED, done.state)
    }

    @Test
    fun `events stand in the order in which things happened`() {
        server.onModel("slow").reply(FakeReply.text("one two").gate(2))
        RawClient(server).use { slow ->
            slow.chat(""","stream":true""", model = "slow").readUntil("one")
            RawClient(server).use { it.chat().readUntil("You said") }
            server.awaitCompleted(1, Wire.patience)
            server.release()
            slow.readUntil("[DONE]")
            server.awaitCompleted(2, Wire.patience)
        }
        assertEquals(
            listOf(
                "ARRIVED of request 0",
                "FIRST_BYTE of request 0",
                "TOKEN 1 of request 0",
                "ARRIVED of request 1",
                "FIRST_BYTE of request 1",
                "COMPLETED of request 1",
                "TOKEN 2 of request 0",
                "COMPLETED of request 0",
            ),
            server.events.map { it.toString() },
        )
        assertEquals(server.events.map { it.nanos }, server.events.map { it.nanos }.sorted())
        Wire.openAi(server)
        assertEquals(2, server.peakInFlight)
    }

    @Test
    fun `a wait in vain names the counters`() {
        val failure = assertThrows(IllegalStateException::class.java) { server.awaitRequests(1, Duration.ofMillis(10)) }
        assertTrue("1 requests" in failure.message!! && "requests=0" in failure.message!!, failure.message)
    }

    @Test
    fun `an interrupted wait ends and keeps the flag`() {
        Thread.currentThread().interrupt()
        assertThrows(IllegalStateException::class.java) { server.awaitRequests(1, Wire.patience) }
        assertTrue(Thread.interrupted())
    }

    @Test
    fun `the server's own thread refuses to wait for the server`() {
        server.otherwise {
            server.awaitIdle(Wire.patience)
            FakeReply.text("never")
        }
        assertEquals(500, Wire.openAi(server).statusCode())
    }

    @Test
    fun `a reset forgets counters, records, scripts, settings and requests under way`() {
        server.otherwise(FakeReply.hang()).latency(Duration.ofMinutes(1)).allowFields("x").allowAnonymous().models("m")
        RawClient(server).use { client ->
            client.chat()
            server.awaitRequests(1, Wire.patience)
            server.reset()
            assertEquals(
                listOf(0, 0, 0, 0),
                listOf(server.requestCount, server.inFlight, server.peakInFlight, server.disconnects),
            )
            assertTrue(server.requests.isEmpty() && server.events.isEmpty())
            assertEquals(Ended.FIN, client.readToEnd())
        }
        RawClient(server).use { it.chat().readUntil("You said") }
        assertEquals(0, server.requests.single().index)
        assertEquals(400, Wire.openAi(server, Wire.chatBody(more = ""","x":1""")).statusCode())
    }

    @Test
    fun `without recording only the counters go on`() {
        server.recording(false)
        Wire.openAi(server)
        assertEquals(1, server.requestCount)
        assertTrue(server.requests.isEmpty() && server.events.isEmpty())
    }

    @Test
    fun `close ends the thread and every connection, and may be repeated`() {
        val other = FakeServer.start()
        other.otherwise(FakeReply.hang())
        RawClient(other).use { client ->
            client.chat()
            other.awaitRequests(1, Wire.patience)
            val threads = Thread.getAllStackTraces().keys.count { it.name == "muster-fake-server" && it.isAlive }
            assertEquals(2, threads)
            other.close()
            other.close()
            assertEquals(Ended.FIN, client.readToEnd())
        }
        assertEquals(FakeRequestState.CUT, other.requests.single().state)
        assertEquals(0, other.openConnections)
        assertThrows(ConnectException::class.java) { RawClient(other) }
        other.release()
        other.reset()
    }

    @Test
    fun `a fixed port is taken, and told when it is in use`() {
        val port = FakeServer.start().use { it.port }
        FakeServer.start(port).use { assertEquals("http://127.0.0.1:$port", it.url) }
        assertThrows(java.net.BindException::class.java) { FakeServer.start(server.port) }
    }
}
