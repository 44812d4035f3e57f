package dev.muster.fake

import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration

/** Unusual but legal ways to write a response. */
class StyleTest {
    private val server = FakeServer.start()

    @AfterEach
    fun close() = server.close()

    private fun stream(reply: FakeReply): String {
        server.otherwise(reply)
        return Wire.openAi(server, Wire.chatBody(more = ""","stream":true""")).body()
    }

    @Test
    fun `pings come before the first event`() {
        assertTrue(stream(FakeReply.text("x").pings(2)).startsWith(": ping\n\n: ping\n\ndata: {"))
        server.otherwise(FakeReply.text("x").pings(1))
        assertTrue(Wire.ollama(server).body().startsWith("\n{"))
    }

    @Test
    fun `lines end by CR LF`() {
        val body = stream(FakeReply.text("x").crlf())
        assertTrue(body.endsWith("data: [DONE]\r\n\r\n"))
        assertEquals(body.count { it == '\n' }, body.count { it == '\r' })
    }

    @Test
    fun `no space follows the colon`() {
        val body = stream(FakeReply.text("x").noSpaceAfterData())
        assertTrue(body.startsWith("data:{") && body.endsWith("data:[DONE]\n\n"))
    }

    @Test
    fun `every object carries unknown fields`() {
        val body = stream(FakeReply.text("x").extraFields())
        assertTrue(Regex("x_fake_unknown").findAll(body).count() >= 6, body)
        assertTrue("x_fake_unknown" in Wire.openAi(server).body())
        assertTrue("x_fake_unknown" in Wire.ollama(server).body())
    }

    @Test
    fun `bytes leave one at a time and arrive whole, a code point split or not`() {
        val text = "grün 🌍 done"
        val body = stream(FakeReply.text(text).byteByByte())
        assertTrue("🌍" in body && body.endsWith("[DONE]\n\n"))
        assertEquals(3, server.requests.single().tokensSent)
        server.otherwise(FakeReply.text(text).byteByByte())
        assertTrue(text in Wire.openAi(server).body())
        server.awaitCompleted(2, Wire.patience)
    }

    @Test
    fun `a client that leaves is seen while bytes leave one at a time`() {
        server.otherwise(FakeReply.endless("tick ").byteByByte())
        RawClient(server).use { it.chat(""","stream":true""").readUntil("tick") }
        server.awaitDisconnects(1, Wire.patience)
    }
}
