package dev.muster.http.transport

import dev.muster.MusterClient
import dev.muster.error.LlmException
import dev.muster.error.NetworkException
import dev.muster.fake.RawServer
import dev.muster.http.EchoProvider
import dev.muster.http.LIMIT
import dev.muster.http.apiCall
import dev.muster.http.endpoint.readAll
import dev.muster.http.endpointAt
import dev.muster.http.onTransport
import dev.muster.http.transport.internal.JdkExchanger
import dev.muster.network.NetworkSettings
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.Arguments
import org.junit.jupiter.params.provider.MethodSource
import java.io.IOException
import java.net.Socket
import java.net.URI
import java.time.Duration
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit

/** A request is sent as often as the retry policy allows, whatever happens to its connection. */
internal class ResendTest {
    enum class Death { FIN, RST }

    enum class Moment { AT_ONCE, AFTER_WORK, AFTER_CONTINUE }

    /** What the client knows of the origin: nothing, a response, or a response and a connection in the pool. */
    enum class Origin { COLD, WARM, POOLED }

    @ParameterizedTest
    @MethodSource("cases")
    fun `D5 a request whose connection dies is sent once, and again only as a retry that counts`(
        death: Death,
        moment: Moment,
        origin: Origin,
        retries: Int,
        streamed: Boolean,
    ) = dying(death, moment, origin) { raw ->
        client(raw, retries).use { client ->
            val model = client.model("echo::m")
            if (origin != Origin.COLD) assertEquals("ok", runBlocking { model.ask("warm") })
            val before = raw.requests.size
            val failure =
                assertThrows(NetworkException::class.java) {
                    limited { if (streamed) model.stream(hi()).toList() else model.ask("hi") }
                }
            assertEquals(retries + 1, raw.requests.size - before)
            assertEquals(retries + 1, failure.attempts)
            assertEquals(retries, failure.suppressed.size)
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    fun `D5 nor is a GET, which the JDK would send again by itself`(
        death: Death,
        moment: Moment,
        origin: Origin,
        retries: Int,
        streamed: Boolean,
    ) = dying(death, moment, origin) { raw ->
        if (retries > 0 || streamed) return@dying
        onTransport { transport ->
            if (origin != Origin.COLD) transport.exchange(get(raw.url)) { it.readAll() }
            val before = raw.requests.size
            assertThrows(IOException::class.java) {
                limited { transport.exchange(get(raw.url)) { it.readAll() } }
            }
            assertEquals(1, raw.requests.size - before)
        }
    }

    @Test
    fun `a connection from the pool that has died is told from one that was opened for the request`() {
        fun failureAt(origin: Origin): LlmException {
            lateinit var failure: LlmException
            dying(Death.FIN, Moment.AT_ONCE, origin) { raw ->
                val transport = Timeless()
                val endpoint = endpointAt(transport, raw.url)
                if (origin != Origin.COLD) limited { endpoint.post(apiCall()) }
                failure = assertThrows(LlmException::class.java) { limited { endpoint.post(apiCall()) } }
                transport.close()
            }
            return failure
        }
        assertFalse(failureAt(Origin.COLD).context.retryAtOnce)
        assertFalse(failureAt(Origin.WARM).context.retryAtOnce)
        assertTrue(failureAt(Origin.POOLED).context.retryAtOnce)
    }

    @Test
    fun `D5 a pooled connection that was closed while it lay idle costs one attempt and no back-off`() {
        RawServer { connection, _ ->
            readRequest(connection)
            write(connection, OK)
            // Closed when the next request arrives: the client cannot have noticed it before.
            readRequest(connection)
        }.use { raw ->
            val waits = ArrayList<Duration>()
            val policy = RetryPolicy.builder().firstBackoff(DAY).maxBackoff(DAY).onRetry { waits += it.wait }.build()
            MusterClient {
                providers(listOf(EchoProvider()))
                provider("echo") { it.apiKey("k").baseUrl(raw.url) }
                retry(policy)
                transport(Timeless())
            }.use { client ->
                val model = client.model("echo::m")
                repeat(2) { assertEquals("ok", limited { model.ask("hi") }) }
            }
            assertEquals(listOf(Duration.ZERO), waits)
            assertEquals(3, raw.requests.size)
        }
    }

    /** The default engine on a clock that does not advance: no time passes between events. */
    private class Timeless : HttpTransport {
        override val network = NetworkSettings.DEFAULT
        private val engine = JdkExchanger(network, now = { 0 })

        override val openExchanges: Int get() = engine.openExchanges

        override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T =
            engine.exchange(request, handle)

        override fun close() = engine.close()

        override fun awaitClosed(timeout: Duration): Boolean = engine.awaitClosed(timeout)
    }

    private fun dying(death: Death, moment: Moment, origin: Origin, test: (RawServer) -> Unit) {
        val working = Semaphore(0)
        RawServer { connection, number ->
            if (number == 0 && origin != Origin.COLD) {
                readRequest(connection)
                write(connection, if (origin == Origin.WARM) CLOSING else OK)
                if (origin == Origin.WARM) return@RawServer
            }
            if (readRequest(connection) == null) return@RawServer
            if (moment == Moment.AFTER_CONTINUE) write(connection, "HTTP/1.1 100 Continue\r\n\r\n")
            if (moment == Moment.AFTER_WORK) check(working.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS))
            die(connection, death)
        }.use { raw ->
            // The work is done as soon as the request has arrived.
            val worker =
                kotlin.concurrent.thread(isDaemon = true) {
                    var seen = 0
                    while (!Thread.currentThread().isInterrupted) {
                        if (raw.requests.size > seen) {
                            seen++
                            working.release()
                        }
                        Thread.onSpinWait()
                    }
                }
            try {
                test(raw)
            } finally {
                worker.interrupt()
            }
        }
    }

    private fun RawServer.die(connection: Socket, death: Death) =
        if (death == Death.RST) reset(connection) else connection.close()

    private fun client(raw: RawServer, retries: Int) = MusterClient {
        providers(listOf(EchoProvider()))
        provider("echo") { it.apiKey("k").baseUrl(raw.url) }
        retry(RetryPolicy.builder().maxRetries(retries).firstBackoff(Duration.ZERO).maxBackoff(Duration.ZERO).build())
    }

    private fun <T> limited(block: suspend () -> T): T = runBlocking { withTimeout(LIMIT.toMillis()) { block() } }

    private fun hi() = dev.muster.chat.ChatRequest.of("hi")

    private fun get(url: String) = HttpCall("GET", URI(url), emptyMap())

    companion object {
        private const val BODY = """{"text":"ok"}"""
        private const val OK = "HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n$BODY"
        private const val CLOSING =
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${BODY.length}\r\n\r\n$BODY"
        private val DAY = Duration.ofDays(1)

        @JvmStatic
        fun cases(): List<Arguments> = Death.entries.flatMap { death ->
            Moment.entries.flatMap { moment ->
                Origin.entries.flatMap { origin ->
                    listOf(0, 2).flatMap { retries ->
                        listOf(false, true).map { Arguments.of(death, moment, origin, retries, it) }
                    }
                }
            }
        }
    }
}
