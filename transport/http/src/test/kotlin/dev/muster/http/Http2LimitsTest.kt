package dev.muster.http

import dev.muster.MusterClient
import dev.muster.error.ClientClosedException
import dev.muster.error.NetworkException
import dev.muster.network.HttpVersion
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.net.URI
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

/** HTTP/2 servers that allow few streams, and servers that send GOAWAY. */
internal class Http2LimitsTest {
    private val held = LinkedBlockingQueue<() -> Unit>()
    private val open = AtomicInteger()
    private val peaks = CopyOnWriteArrayList<Int>()

    /** Responds to the first request at once and holds the others. */
    private fun holding(streams: Int) = RawHttp2Server(streams) { peer, stream ->
        if (stream == 1) {
            peer.answer(stream, "first")
        } else {
            peaks += open.incrementAndGet()
            held += {
                open.decrementAndGet()
                peer.answer(stream, "ok")
            }
        }
    }

    private fun answerOne() = checkNotNull(held.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)) { "nobody asks" }()

    @Test
    fun `D5 more calls than the server allows streams wait for one, and none fails`() = holding(STREAMS).use { server ->
        onTransport(Http2Server.network) { transport ->
            assertEquals("first", String(transport.exchange(post(server)) { it.readAll() }))
            val calls = List(MANY) { async(Dispatchers.Default) { transport.exchange(post(server)) { it.readAll() } } }
            repeat(MANY) { answerOne() }
            assertEquals(setOf("ok"), calls.awaitAll().map { String(it) }.toSet())
            assertEquals(MANY + 1, server.requests)
            assertTrue(peaks.max() <= STREAMS, "${peaks.max()} at once")
            assertEquals(1, server.connections)
        }
    }

    @Test
    fun `a call that waits for a stream can be cancelled, and ends with its transport`() =
        holding(streams = 1).use { server ->
            val transport = JdkTransport(Http2Server.network)
            runBlocking {
                transport.exchange(post(server)) { it.readAll() }
                val running =
                    async(Dispatchers.Default) { runCatching { transport.exchange(post(server)) { it.readAll() } } }
                val running1 = checkNotNull(held.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)) { "nobody asks" }
                held += running1
                // Undispatched, so that it waits only for the response on the transport's threads.
                val cancelled =
                    launch(start = CoroutineStart.UNDISPATCHED) { transport.exchange(post(server)) { it.readAll() } }
                cancelled.cancelAndJoin()
                val waiting =
                    async(Dispatchers.Default) { runCatching { transport.exchange(post(server)) { it.readAll() } } }
                transport.close()
                assertTrue(transport.awaitClosed(LIMIT))
                for (call in listOf(running, waiting)) {
                    assertEquals(ClientClosedException::class.java, call.await().exceptionOrNull()?.javaClass)
                }
                assertEquals(2, server.requests)
            }
        }

    @Test
    fun `D5 a server that goes away answers what it has begun, and the rest is sent again as the JDK allows`() {
        goingAway { client, server ->
            val answers =
                runBlocking { List(2) { async(Dispatchers.Default) { client.model("echo::m").ask("hi") } }.awaitAll() }
            assertEquals(listOf("ok", "ok"), answers)
            // JDK 24 and later resend only what was not processed. Earlier ones fail the connection.
            assertEquals(if (JDK >= 24) 4 else 5, server.requests)
        }
    }

    @Test
    fun `D5 without retries a server that goes away fails what the JDK gives up`() {
        goingAway(RetryPolicy.NONE) { client, server ->
            val answers =
                runBlocking {
                    List(2) {
                        async(Dispatchers.Default) { runCatching { client.model("echo::m").ask("hi") } }
                    }.awaitAll()
                }
            if (JDK >= 24) {
                assertEquals(listOf("ok", "ok"), answers.map { it.getOrThrow() })
                assertEquals(4, server.requests)
            } else {
                answers.forEach { answer ->
                    val failure = assertThrows(NetworkException::class.java) { answer.getOrThrow() }
                    assertTrue(failure.isRetryable)
                    assertEquals(1, failure.attempts)
                }
                assertEquals(3, server.requests)
            }
        }
    }

    /** A server that accepts one call, then two, and sends GOAWAY after it has processed the first of these. */
    private fun goingAway(retry: RetryPolicy = AT_ONCE, test: (MusterClient, RawHttp2Server) -> Unit) {
        val onFirst = CopyOnWriteArrayList<Int>()
        RawHttp2Server(STREAMS) { peer, stream ->
            if (peer.number > 0 || stream == 1) {
                peer.answer(stream, BODY)
            } else {
                onFirst += stream
                if (onFirst.size == 2) {
                    peer.goAway(onFirst.min())
                    peer.answer(onFirst.min(), BODY)
                }
            }
        }.use { server ->
            MusterClient {
                providers(listOf(EchoProvider()))
                provider("echo") { it.apiKey("k").baseUrl(server.url) }
                sslContext(Certificates.trusting())
                httpVersion(HttpVersion.HTTP_2)
                retry(retry)
            }.use { client ->
                runBlocking { client.model("echo::m").ask("first") }
                test(client, server)
            }
        }
    }

    private fun post(server: RawHttp2Server) = HttpCall("POST", URI(server.url), emptyMap(), "{}".toByteArray())

    private companion object {
        const val STREAMS = 10
        const val MANY = 200
        const val BODY = """{"text":"ok"}"""
        val JDK: Int = Runtime.version().feature()
        val AT_ONCE: RetryPolicy =
            RetryPolicy.builder().firstBackoff(Duration.ZERO).maxBackoff(Duration.ZERO).build()
    }
}
