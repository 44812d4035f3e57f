package dev.muster.http.endpoint.internal

import dev.muster.fake.RawServer
import dev.muster.http.TestLogs
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpointAt
import dev.muster.http.failure
import dev.muster.http.onTransport
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ExchangeLogTest {
    private val call = ApiCall("/chat?alt=sse", "m", "a prompt".toByteArray()) { listOf("a prompt") }

    private fun linesOf(block: () -> Unit): List<String> {
        TestLogs.clear()
        block()
        return TestLogs.lines().filter { "dev.muster.http: " in it }.onEach {
            assertFalse("s3cret" in it || "prompt" in it || "alt=sse" in it, it)
        }
    }

    @Test
    fun `DEBUG tells where an exchange went and what came, without key, query and prompt`() {
        val server = RawServer { socket, _ ->
            readRequest(socket)
            write(socket, "HTTP/1.1 200 OK\r\nx-request-id: r-1\r\nContent-Length: 2\r\n\r\nok")
        }
        server.use {
            val line = linesOf { onTransport { endpointAt(it, server.url).post(call) } }.single()
            val expected = "DEBUG dev.muster.http: POST ${server.url}/chat: HTTP 200 after \\d+ ms, request id r-1"
            assertTrue(Regex(expected).matches(line), line)
        }
    }

    @Test
    fun `DEBUG tells of an exchange that had no answer`() {
        val server = RawServer { socket, _ -> readRequest(socket) }
        server.use {
            val line = linesOf { failure(server.url) }.single()
            assertTrue(Regex(".*/chat: no response after \\d+ ms: NetworkException").matches(line), line)
            assertEquals(1, server.requests.size)
        }
    }
}
