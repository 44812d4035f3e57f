package dev.muster.http.transport.internal

import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.net.UnknownHostException
import java.net.http.HttpConnectTimeoutException
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executor
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

class ResolverTest {
    private val asked = CopyOnWriteArrayList<String>()
    private val tasks = LinkedBlockingQueue<Runnable>()
    private var now = 0L

    @Test
    fun `many who ask for a host at once share one look-up`() = runBlocking {
        val resolver = Resolver({ tasks += it }, LIMIT, { now }, { asked += it })
        val waiting = List(10) { launch { resolver.resolve("api.example.com") } }
        yield()
        tasks.single().run()
        waiting.forEach { it.join() }
        assertEquals(listOf("api.example.com"), asked)
    }

    @Test
    fun `a known host is looked up again once the JDK's cache may have forgotten it`() = runBlocking {
        val resolver = Resolver(SAME_THREAD, LIMIT, { now }, { asked += it })
        repeat(3) { resolver.resolve("a.example") }
        assertEquals(1, asked.size)
        now += TimeUnit.SECONDS.toNanos(21)
        resolver.resolve("a.example")
        assertEquals(2, asked.size)
    }

    @Test
    fun `addresses and localhost are not looked up`() = runBlocking {
        val resolver = Resolver(SAME_THREAD, LIMIT, { now }, { asked += it })
        listOf("127.0.0.1", "[::1]", "localhost").forEach { resolver.resolve(it) }
        assertEquals(emptyList<String>(), asked)
    }

    @Test
    fun `an unknown host is told as such and asked for again by the next call`() {
        val resolver =
            Resolver(SAME_THREAD, LIMIT, { now }) {
                asked += it
                throw UnknownHostException(it)
            }
        repeat(2) {
            assertThrows(UnknownHostException::class.java) { runBlocking { resolver.resolve("no.example") } }
        }
        assertEquals(2, asked.size)
    }

    @Test
    fun `a name server that does not answer is a connect timeout`() {
        val resolver = Resolver({ tasks += it }, Duration.ofMillis(20), { now }, { asked += it })
        assertThrows(HttpConnectTimeoutException::class.java) { runBlocking { resolver.resolve("slow.example") } }
    }

    private companion object {
        val LIMIT: Duration = Duration.ofSeconds(60)
        val SAME_THREAD = Executor { it.run() }
    }
}
