package dev.muster.fake

import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Every way in which a reply can fail to be complete, seen from a bare socket. */
class EndingsTest {
    private val server = FakeServer.start()
    private val stream = ""","stream":true"""

    @AfterEach
    fun close() = server.close()

    private fun ending(
        reply: FakeReply,
        more: String = stream,
        path: String = "/v1/chat/completions",
    ): Pair<RawClient, Ended> {
        server.otherwise(reply)
        val client = RawClient(server).post(path, Wire.chatBody(more = more))
        return client to client.readToEnd()
    }

    private fun contents(client: RawClient) =
        client.events.mapNotNull { Regex("\"content\":\"([^\"]+)\"").find(it)?.groupValues?.get(1) }

    @Test
    fun `a stream is cut by FIN after the tokens asked for`() {
        val (client, ended) = ending(FakeReply.text("one two three").cutAfter(2))
        assertEquals(Ended.FIN, ended)
        assertEquals(listOf("one", " two"), contents(client))
        assertFalse("finish_reason\":\"" in client.text || "[DONE]" in client.text || client.text.endsWith("0\r\n\r\n"))
        assertEquals(FakeRequestState.CUT, server.requests.single().state)
        assertEquals(0, server.disconnects)
    }

    @Test
    fun `a stream is cut by RST after the tokens asked for`() {
        val (client, ended) = ending(FakeReply.text("one two three").resetAfter(2))
        assertEquals(Ended.RST, ended)
        assertEquals(listOf("one", " two"), contents(client))
    }

    @Test
    fun `a stream is cut inside an event, so that its JSON is truncated`() {
        val (client, ended) = ending(FakeReply.text("one two three").cutInsideEvent(1))
        assertEquals(Ended.FIN, ended)
        assertEquals(listOf("one"), contents(client))
        assertTrue(client.events.last().startsWith("{") && !client.events.last().endsWith("}"), client.text)
        assertEquals(Ended.RST, ending(FakeReply.text("one two three").resetInsideEvent(1)).second)
    }

    @Test
    fun `an Ollama line is cut in its middle`() {
        val (client, _) = ending(FakeReply.text("one two three").cutInsideEvent(1), "", "/api/chat")
        val lines = client.body.lines().filter { it.startsWith("{") }
        assertEquals(2, lines.size)
        assertTrue(lines[0].endsWith("}") && !lines[1].endsWith("}"), client.text)
    }

    @Test
    fun `the connection ends before any byte`() {
        assertEquals("" to Ended.RST, ending(FakeReply.reset()).let { (client, ended) -> client.text to ended })
        assertEquals("" to Ended.FIN, ending(FakeReply.cut()).let { (client, ended) -> client.text to ended })
        assertEquals(listOf(null, null), server.requests.map { it.firstByteAt })
    }

    @Test
    fun `a whole body is cut in its middle, by FIN and by RST, or right behind the headers`() {
        val (half, fin) = ending(FakeReply.text("one two three").cutAfter(1), more = "")
        val length = Regex("Content-Length: (\\d+)").find(half.text)!!.groupValues[1].toInt()
        assertEquals(Ended.FIN, fin)
        assertEquals(length / 2, half.body.length)
        assertEquals(Ended.RST, ending(FakeReply.text("one two three").resetAfter(1), more = "").second)
        assertEquals("", ending(FakeReply.text("one").cutAfter(0), more = "").first.body)
    }

    @Test
    fun `a cut that is due after the last token comes before the finish`() {
        val (client, _) = ending(FakeReply.text("one two").cutAfter(99))
        assertEquals(listOf("one", " two"), contents(client))
        assertFalse("finish_reason\":\"" in client.text)
    }

    @Test
    fun `a stream goes silent after the tokens asked for and stays open`() {
        server.otherwise(FakeReply.text("one two three").stallAfter(2))
        RawClient(server).use { client ->
            client.chat(stream).readUntil("two")
            server.awaitTokens(2, Wire.patience)
            assertTrue(client.silent())
            assertEquals(1, server.inFlight)
            assertEquals(FakeRequestState.ANSWERING, server.requests.single().state)
        }
        server.awaitDisconnects(1, Wire.patience)
    }

    @Test
    fun `a whole answer stalls in the middle of its body`() {
        server.otherwise(FakeReply.text("one two three").stallAfter(1))
        RawClient(server).use { it.chat().readUntil("\"model\"") }
        server.awaitDisconnects(1, Wire.patience)
    }

    @Test
    fun `a hanging reply never sends a byte`() {
        server.otherwise(FakeReply.hang())
        RawClient(server).use { client ->
            client.chat()
            server.awaitRequests(1, Wire.patience)
            assertTrue(client.silent())
        }
        server.awaitDisconnects(1, Wire.patience)
        assertEquals(null, server.requests.single().firstByteAt)
    }

    @Test
    fun `an error event comes before the first token or after some, and the body ends properly`() {
        val reply = FakeReply.text("one two").closeConnection()
        for (tokens in 0..1) {
            val (client, _) = ending(reply.errorAfter(tokens, "server_error", "boom"))
            assertEquals(listOf("one").take(tokens), contents(client))
            val error = """{"error":{"message":"boom","type":"server_error","param":null,"code":"server_error"}}"""
            assertEquals(error, client.events.last())
            assertTrue(client.text.endsWith("\r\n0\r\n\r\n"))
        }
        assertTrue("{\"error\":\"boom\"}\n" in ending(reply.errorAfter(1, "x", "boom"), "", "/api/chat").first.text)
    }

    @Test
    fun `an error event makes a whole answer a 200 whose body is the error`() {
        val (client, _) = ending(FakeReply.text("x").errorAfter(0, "c", "boom").closeConnection(), more = "")
        assertTrue(client.text.startsWith("HTTP/1.1 200 OK") && "\"error\"" in client.body)
    }

    @Test
    fun `a stream ends without its end, or only without its marker`() {
        val reply = FakeReply.text("one two").closeConnection()
        val bare = ending(reply.withoutEnd()).first
        assertTrue(bare.text.endsWith("\r\n0\r\n\r\n"))
        assertFalse("finish_reason\":\"" in bare.text || "[DONE]" in bare.text)
        val unmarked = ending(reply.withoutEndMarker()).first
        assertTrue("finish_reason\":\"stop\"" in unmarked.text)
        assertFalse("[DONE]" in unmarked.text)
        assertFalse("\"done\":true" in ending(reply.withoutEnd(), "", "/api/chat").first.text)
    }

    @Test
    fun `a stream that stays open is complete at its marker, and the client's close is no disconnect`() {
        server.otherwise(FakeReply.text("one").stayOpen())
        RawClient(server).use {
            it.chat(stream).readUntil("[DONE]")
            server.awaitCompleted(1, Wire.patience)
        }
        server.awaitNoConnections(Wire.patience)
        assertEquals(0, server.disconnects)
    }

    @Test
    fun `bodies that are no answer are sent as given`() {
        fun body(reply: FakeReply) = ending(reply.closeConnection(), more = "").first
        assertEquals("{\"id\":", body(FakeReply.raw("{\"id\":")).body)
        assertEquals("", body(FakeReply.raw("")).body)
        val html = body(FakeReply.raw(502, "text/html", "<html>Bad gateway</html>"))
        assertTrue(html.text.startsWith("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n"))
        assertEquals("<html>Bad gateway</html>", html.body)
    }
}
