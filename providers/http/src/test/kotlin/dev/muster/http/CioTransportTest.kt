package dev.muster.http

import io.ktor.client.engine.cio.CIO
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** A Ktor engine of the user's keeps the contract too, where it is sound itself. */
internal class CioTransportTest : SlowReaderContract() {
    override fun newTransport(): KtorTransport = KtorTransport(
        CIO.create {
            maxConnectionsCount = 2_000
            endpoint.maxConnectionsPerRoute = 2_000
        },
    )

    // Told by nothing that the engine hands on: if it ever is, KtorTransport's documentation can lose a sentence.
    @Test
    fun `a chunked body that ends between two chunks is taken for whole by this engine`() {
        assertEquals("hello", read("5\r\nhello\r\n"))
    }

    private fun read(chunks: String): String = RawServer { connection, _ ->
        readRequest(connection)
        write(connection, RawServer.CHUNKED + chunks)
    }.use { server -> runBlocking { transport.exchange(get(server.url)) { String(it.readAll()) } } }
}
