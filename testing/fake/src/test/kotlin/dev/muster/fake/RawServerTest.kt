package dev.muster.fake

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.Socket
import java.net.SocketException

class RawServerTest {
    @Test
    fun `a connection is served by the test's code, with its number`() {
        RawServer { connection, number ->
            readRequest(connection)
            write(connection, if (number == 0) RawServer.OK else "no $number")
        }.use { server ->
            assertEquals(listOf(RawServer.OK, "no 1"), List(2) { answer(server, "POST / HTTP/1.1\r\n$LENGTH\r\nbody") })
            assertEquals(2, server.connections)
            assertEquals(List(2) { "POST / HTTP/1.1\r\n$LENGTH\r\nbody" }, server.requests.toList())
            assertEquals("http://127.0.0.1:${server.port}", server.url)
        }
    }

    @Test
    fun `a connection can be reset, and ends before a request without a failure`() {
        RawServer { connection, _ -> if (readRequest(connection) != null) reset(connection) }.use { server ->
            assertThrows(SocketException::class.java) { answer(server, "GET / HTTP/1.1\r\n\r\n") }
            Socket("127.0.0.1", server.port).close()
            assertEquals(1, server.requests.size)
        }
    }

    @Test
    fun `a closed server accepts nothing and has closed its connections`() {
        val server = RawServer { connection, _ -> readRequest(connection) }
        val open = Socket("127.0.0.1", server.port)
        open.getOutputStream().write(' '.code)
        while (server.connections == 0) Thread.onSpinWait()
        server.close()
        open.use { assertEquals(-1, firstByteOrEnd(it)) }
        assertThrows(IOException::class.java) { Socket("127.0.0.1", server.port).close() }
    }

    @Test
    fun `a server accepts nothing from the moment it is closed`() = repeat(200) {
        val server = RawServer { _, _ -> }
        Socket("127.0.0.1", server.port).close()
        server.close()
        assertThrows(IOException::class.java) { Socket("127.0.0.1", server.port).close() }
    }

    // Which of the two is up to the kernel: a byte that nobody read makes it a reset.
    private fun firstByteOrEnd(socket: Socket): Int = try {
        socket.getInputStream().read()
    } catch (_: SocketException) {
        -1
    }

    private fun answer(server: RawServer, request: String): String = Socket("127.0.0.1", server.port).use {
        it.getOutputStream().write(request.toByteArray())
        String(it.getInputStream().readAllBytes())
    }

    private companion object {
        const val LENGTH = "Content-Length: 4\r\n"
    }
}
