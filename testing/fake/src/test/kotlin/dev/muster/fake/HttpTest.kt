package dev.muster.fake

import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** HTTP/1.1 in all the ways that clients may use it. */
class HttpTest {
    private val server = FakeServer.start()
    private val head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n"

    @AfterEach
    fun close() = server.close()

    @Test
    fun `a chunked body is read in whatever pieces it comes`() {
        val body = Wire.chatBody("grün")
        val bytes = body.toByteArray()
        val chunks = listOf(bytes.copyOfRange(0, 7), bytes.copyOfRange(7, bytes.size))
        RawClient(server).use { client ->
            client.send("${head}Transfer-Encoding: chunked\r\n\r\n")
            for (chunk in chunks) client.send("${Integer.toHexString(chunk.size)};x=y\r\n${String(chunk)}\r\n")
            client.send("0\r\nTrailer: 1\r\n\r\n").readUntil("You said: grün")
        }
        assertEquals(body, server.requests.single().body)
    }

    @Test
    fun `a request is read byte by byte, chunked or not`() {
        val body = Wire.chatBody("slow")
        val requests =
            listOf(
                "${head}Content-Length: ${body.length}\r\n\r\n$body",
                "${head}Transfer-Encoding: chunked\r\n\r\n${Integer.toHexString(body.length)}\r\n$body\r\n0\r\n\r\n",
            )
        for (request in requests) {
            RawClient(server).use { client ->
                request.forEach { client.send(it.toString()) }
                client.readUntil("You said: slow")
            }
        }
    }

    @Test
    fun `connections are reused, also by pipelined requests`() {
        val body = Wire.chatBody()
        val request = "${head}Content-Length: ${body.length}\r\n\r\n$body"
        RawClient(server).use { client ->
            client.send(request + request).readUntil("chatcmpl-1")
            client.send(request).readUntil("chatcmpl-2")
        }
        assertEquals(1, server.connectionsAccepted)
        assertEquals(3, server.requestCount)
        assertEquals(1, server.peakInFlight)
    }

    @Test
    fun `a waiting client is told to go on with its body`() {
        val body = Wire.chatBody()
        RawClient(server).use { client ->
            client.send("${head}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n")
            client.readUntil("HTTP/1.1 100 Continue\r\n\r\n")
            client.send(body).readUntil("You said")
        }
    }

    @Test
    fun `a client that asks for close, and one of HTTP 1 0, gets its connection closed`() {
        val body = Wire.chatBody()
        for (request in listOf("${head}Connection: close\r\n", head.replace("HTTP/1.1", "HTTP/1.0"))) {
            RawClient(server).use { client ->
                client.send("${request}Content-Length: ${body.length}\r\n\r\n$body")
                assertEquals(Ended.FIN, client.readToEnd())
                assertTrue("Connection: close" in client.text && "You said" in client.text)
            }
        }
        assertEquals(0, server.disconnects)
    }

    @Test
    fun `what is no request is refused and its connection closed`() {
        val bad =
            mapOf(
                "garbage\r\n\r\n" to 400,
                "GET / SPDY/3\r\n\r\n" to 400,
                "GET / HTTP/1.1\r\nno colon\r\n\r\n" to 400,
                "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n" to 400,
                "POST / HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n" to 413,
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" to 400,
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n" to 413,
                "GET / HTTP/1.1\r\nX: ${"x".repeat(70_000)}" to 431,
            )
        for ((request, status) in bad) {
            RawClient(server).use { client ->
                client.send(request).readUntil("\r\n\r\n")
                assertTrue(client.text.startsWith("HTTP/1.1 $status "), "$request: ${client.text}")
            }
        }
        server.awaitNoConnections(Wire.patience)
        assertEquals(0, server.requestCount)
    }

    @Test
    fun `a large body is read whole`() {
        val prompt = "word ".repeat(400_000)
        val response = Wire.openAi(server, Wire.chatBody(prompt, more = ""","max_tokens":2"""))
        assertEquals(200, response.statusCode())
        assertEquals(prompt, server.requests.single().prompt)
    }

    @Test
    fun `a large answer is written whole to a slow reader`() {
        server.otherwise(FakeReply.tokens(List(50_000) { "token$it " }).closeConnection())
        RawClient(server).use { client ->
            client.chat(""","stream":true""")
            server.awaitTokens(100, Wire.patience)
            assertEquals(1, server.inFlight)
            assertEquals(Ended.FIN, client.readToEnd())
            assertEquals(50_002 + 1, client.events.size)
        }
        assertEquals(50_000, server.requests.single().tokensSent)
    }
}
