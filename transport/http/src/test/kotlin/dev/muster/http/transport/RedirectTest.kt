package dev.muster.http.transport

import dev.muster.error.InvalidRequestException
import dev.muster.fake.RawServer
import dev.muster.http.Unimpressed
import dev.muster.http.apiCall
import dev.muster.http.endpointAt
import dev.muster.http.failure
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

class RedirectTest {
    @ParameterizedTest
    @ValueSource(ints = [300, 301, 302, 303, 305, 307, 308])
    fun `a redirect is followed to nobody, neither there nor elsewhere`(status: Int) {
        val other = RawServer { connection, _ ->
            readRequest(connection)
            write(connection, RawServer.OK)
        }
        other.use {
            for (location in listOf(other.url + "/take", "/take", "//127.0.0.1:${other.port}/take", "?k=v")) {
                refuses(status, location, JdkTransport())
            }
        }
        assertEquals(0, other.connections, "the other host has been called")
    }

    private fun refuses(status: Int, location: String, transport: JdkTransport) {
        val server = RawServer { connection, _ ->
            while (readRequest(connection) != null) {
                write(connection, "HTTP/1.1 $status Moved\r\nLocation: $location\r\nContent-Length: 0\r\n\r\n")
            }
        }
        server.use {
            val endpoint = endpointAt(transport, server.url)
            val refused =
                assertThrows(InvalidRequestException::class.java) { runBlocking { endpoint.post(apiCall()) } }
            assertEquals(status, refused.status)
            assertTrue("base URL" in refused.message!!, refused.message)
            assertThrows(InvalidRequestException::class.java) {
                runBlocking { endpoint.events(apiCall(), Unimpressed()) }
            }
            assertEquals(2, server.requests.size)
            transport.close()
        }
    }

    @Test
    fun `a redirect that has no target or one that cannot be read is refused in the same way`() {
        listOf("", "Location: \r\n", "Location: http://[\r\n", "Location: ht tp:x\r\n").forEach { header ->
            RawServer { connection, _ ->
                readRequest(connection)
                write(connection, "HTTP/1.1 302 Moved\r\n${header}Content-Length: 0\r\n\r\n")
            }.use { assertEquals(InvalidRequestException::class.java, failure(it.url).javaClass) }
        }
    }
}
