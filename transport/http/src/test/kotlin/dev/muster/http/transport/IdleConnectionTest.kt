package dev.muster.http.transport

import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.http.LIMIT
import dev.muster.http.endpoint.readAll
import dev.muster.http.onTransport
import dev.muster.http.transport.internal.JdkExchanger
import dev.muster.network.NetworkSettings
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.lang.ref.WeakReference
import java.net.URI
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

/** The behaviour of idle connections in the pool. */
internal class IdleConnectionTest {
    @Test
    fun `a connection in the pool keeps nothing of its last exchange`() {
        FakeServer.start().use { server ->
            server.otherwise(FakeReply.text("one two three"))
            onTransport { transport ->
                val left = listOf(false, true).flatMap { onThread { traces(transport, server, it) } }
                val end = System.nanoTime() + LIMIT.toNanos()
                while (left.any { it.second.get() != null }) {
                    check(System.nanoTime() < end) {
                        "kept: " + left.filter { it.second.get() != null }.map { it.first }
                    }
                    System.gc()
                }
                // Idle the whole time, and not closed.
                traces(transport, server, stream = false)
                assertEquals(1, server.connectionsAccepted)
            }
        }
    }

    /** Runs [block] on a thread that ends, so that its stack does not keep references. */
    private fun <T> onThread(block: suspend () -> T): T {
        val done = CompletableFuture<T>()
        thread { done.complete(runBlocking { block() }) }.join()
        return done.get()
    }

    /** Weak references to all objects of one exchange. */
    private suspend fun traces(
        transport: HttpTransport,
        server: FakeServer,
        stream: Boolean,
    ): List<Pair<String, WeakReference<Any>>> {
        val body = CHAT.format(stream).toByteArray()
        val call = HttpCall("POST", URI("${server.url}/v1/chat/completions"), HEADERS, body)
        val traces = ArrayList<Pair<String, WeakReference<Any>>>()
        fun note(what: String, thing: Any) {
            traces += "$what, stream=$stream" to WeakReference(thing)
        }
        note("the request's body", body)
        note("the request", call)
        val reader = Any()
        note("what the reader holds", reader)
        transport.exchange(call) { answer ->
            assertEquals(200, answer.status)
            note("the answer", answer)
            while (true) {
                val pieces = answer.read() ?: break
                pieces.forEach { note("a buffer", it) }
            }
            reader.hashCode()
        }
        return traces
    }

    @Test
    fun `the connections of a burst end when they have been idle for long, on every JDK`() {
        // The JDK reads its limit once per JVM.
        val path = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val java = System.getProperty("java.home") + "/bin/java"
        val process = ProcessBuilder(java, "-cp", path, Burst::class.java.name).redirectErrorStream(true).start()
        val said = process.inputStream.bufferedReader().readText()
        assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
        assertEquals(Burst.DONE, said.lines().last { it.isNotBlank() }, said)
    }

    private companion object {
        const val CHAT = """{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":%s}"""
    }
}

private val HEADERS = mapOf("Content-Type" to "application/json", "Authorization" to "Bearer k")

/** Many concurrent calls in a separate JVM, until their connections have ended by themselves. */
internal object Burst {
    const val DONE = "none is left"
    private const val CALLS = 50

    @JvmStatic
    fun main(arguments: Array<String>) {
        check(arguments.isEmpty())
        FakeServer.start().use { server ->
            server.otherwise(FakeReply.text("one").hold())
            val engine = JdkExchanger(NetworkSettings.DEFAULT, keepAliveSeconds = 1)
            runBlocking {
                val body = """{"model":"m","messages":[{"role":"user","content":"hi"}]}""".toByteArray()
                val call = HttpCall("POST", URI("${server.url}/v1/chat/completions"), HEADERS, body)
                val calls = List(CALLS) { async(Dispatchers.Default) { engine.exchange(call) { it.readAll() } } }
                server.awaitHeld(CALLS, LIMIT)
                server.release()
                calls.awaitAll()
            }
            server.awaitNoConnections(LIMIT)
            check(System.getProperty("jdk.httpclient.keepalive.timeout") == null)
            engine.close()
        }
        println(DONE)
    }
}
