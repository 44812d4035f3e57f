package dev.muster.http.transport

import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.http.endpoint.readAll
import dev.muster.network.NetworkSettings
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.net.URI
import java.time.Duration

/** Thousands of concurrent calls on an overloaded machine: no connect timeout includes the time in the queue. */
@Tag("slow")
internal class CrowdStressTest {
    @Test
    fun `the client's own backlog is no connect timeout`() {
        FakeServer.start().use { server ->
            server.otherwise(FakeReply.text("one")).recording(false)
            assertEquals(emptyMap<String, Int>(), crowd(server.url, CALLS, LIMIT_MILLIS))
        }
    }

    companion object {
        private const val CALLS = 5_000
        private const val LIMIT_MILLIS = 100L

        /** How many of [count] concurrent calls have failed, and how. */
        fun crowd(url: String, count: Int, limitMillis: Long): Map<String, Int> {
            val transport = JdkTransport(NetworkSettings { connectTimeout(Duration.ofMillis(limitMillis)) })
            try {
                return runBlocking {
                    val json = mapOf("Content-Type" to "application/json", "Authorization" to "Bearer k")
                    val body = """{"model":"m","messages":[{"role":"user","content":"hi"}]}""".toByteArray()
                    val call = HttpCall("POST", URI("$url/v1/chat/completions"), json, body)
                    List(count) {
                        async(Dispatchers.Default) { runCatching { transport.exchange(call) { it.readAll() } } }
                    }
                        .awaitAll()
                        .mapNotNull { it.exceptionOrNull() }
                        .groupingBy { "$it" }
                        .eachCount()
                }
            } finally {
                transport.close()
            }
        }
    }
}
