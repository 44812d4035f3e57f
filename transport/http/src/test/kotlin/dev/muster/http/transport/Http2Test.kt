package dev.muster.http.transport

import dev.muster.fake.RawServer
import dev.muster.http.Certificates
import dev.muster.http.Http2Server
import dev.muster.http.endpoint.readAll
import dev.muster.http.get
import dev.muster.http.onTransport
import dev.muster.network.HttpVersion
import dev.muster.network.NetworkSettings
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import okhttp3.Protocol
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.net.URI

class Http2Test {
    @Test
    fun `HTTP 2 is spoken by choice only, and where the server offers it`() {
        fun spoken(network: NetworkSettings, vararg offered: Protocol): String = Http2Server(*offered).use { server ->
            onTransport(network) { it.exchange(post(server, "/whole")) { answer -> answer.readAll() } }
            server.requests.single().version
        }
        val usual = NetworkSettings { sslContext(Certificates.trusting()) }
        assertEquals(HttpVersion.HTTP_1_1, usual.httpVersion)
        assertEquals("HTTP/1.1", spoken(usual, Protocol.HTTP_2, Protocol.HTTP_1_1))
        assertEquals("HTTP/2", spoken(Http2Server.network, Protocol.HTTP_2, Protocol.HTTP_1_1))
        assertEquals("HTTP/1.1", spoken(Http2Server.network, Protocol.HTTP_1_1))
    }

    @Test
    fun `over plain http nobody is asked to change to HTTP 2`() {
        RawServer { connection, _ ->
            readRequest(connection)
            write(connection, RawServer.OK)
        }.use { server ->
            onTransport(Http2Server.network) { it.exchange(get(server.url)) { answer -> answer.readAll() } }
            assertTrue("Upgrade" !in server.requests.single(), server.requests.single())
        }
    }

    @Test
    fun `whole answers and streams share one connection`() = exchanging { server, transport ->
        repeat(3) { assertEquals("ok", String(transport.exchange(post(server, "/whole")) { it.readAll() })) }
        val stalled = reading(server, transport, "/stall")
        List(50) { async(Dispatchers.Default) { transport.exchange(post(server, "/whole")) { it.readAll() } } }
            .awaitAll()
        server.release()
        assertTrue(stalled.text.await().endsWith("[DONE]\n\n"))
        assertEquals(setOf(0), server.requests.map { it.connectionIndex }.toSet())
        assertEquals(54, server.requests.size)
    }

    @Test
    fun `a cancel ends its stream and leaves the others of the connection alone`() = exchanging { server, transport ->
        val other = reading(server, transport, "/stall")
        for (path in listOf("/flow", "/stall")) {
            val call = reading(server, transport, path)
            call.job.cancelAndJoin()
            if (path == "/flow") assertEquals("/flow", server.awaitReset())
        }
        val waiting = launch(Dispatchers.Default) { transport.exchange(post(server, "/hang")) { it.readAll() } }
        do {
            val path = server.awaitRequest()
        } while (path != "/hang")
        waiting.cancelAndJoin()
        assertEquals("ok", String(transport.exchange(post(server, "/whole")) { it.readAll() }))
        server.release()
        assertTrue(other.text.await().endsWith("[DONE]\n\n"))
        assertEquals("/stall", server.awaitReset())
        assertEquals(setOf(0), server.requests.map { it.connectionIndex }.toSet())
    }

    @Test
    fun `many streams are cancelled at once and the connection goes on`() = exchanging { server, transport ->
        val other = reading(server, transport, "/stall")
        repeat(2) {
            val calls = List(4) { reading(server, transport, "/flow") }
            calls.forEach { it.job.cancel() }
            calls.forEach { it.job.join() }
            repeat(4) { assertEquals("/flow", server.awaitReset()) }
            assertEquals("ok", String(transport.exchange(post(server, "/whole")) { it.readAll() }))
        }
        server.release()
        assertTrue(other.text.await().endsWith("[DONE]\n\n"))
        assertEquals(setOf(0), server.requests.map { it.connectionIndex }.toSet())
    }

    @Test
    fun `more exchanges than a connection takes at once are all answered`() = exchanging { server, transport ->
        // Exchanges that start before there is a connection open one each.
        transport.exchange(post(server, "/whole")) { it.readAll() }
        server.awaitRequest()
        val calls =
            List(MANY) { async(Dispatchers.Default) { transport.exchange(post(server, "/hang")) { it.readAll() } } }
        repeat(MANY) { server.awaitRequest() }
        server.release()
        assertEquals(setOf("late"), calls.awaitAll().map { String(it) }.toSet())
    }

    private class Reading(val job: kotlinx.coroutines.Job, val text: CompletableDeferred<String>)

    /** A stream at [path] that continues to be read after its first chunk. */
    private suspend fun CoroutineScope.reading(server: Http2Server, transport: JdkTransport, path: String): Reading {
        val begun = CompletableDeferred<Unit>()
        val text = CompletableDeferred<String>()
        val job =
            launch(Dispatchers.Default) {
                transport.exchange(post(server, path)) { answer ->
                    val seen = StringBuilder()
                    while (true) {
                        val pieces = answer.read() ?: break
                        pieces.forEach { seen.append(Charsets.UTF_8.decode(it)) }
                        begun.complete(Unit)
                    }
                    text.complete(seen.toString())
                }
            }
        begun.await()
        return Reading(job, text)
    }

    private fun exchanging(test: suspend CoroutineScope.(Http2Server, JdkTransport) -> Unit) {
        Http2Server().use { server -> onTransport(Http2Server.network) { test(server, it) } }
    }

    private fun post(server: Http2Server, path: String) =
        HttpCall("POST", URI(server.url + path), mapOf("Authorization" to "Bearer k"), "{}".toByteArray())

    private companion object {
        const val MANY = 120
    }
}
