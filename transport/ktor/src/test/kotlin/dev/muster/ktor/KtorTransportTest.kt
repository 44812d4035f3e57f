package dev.muster.ktor

import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.NetworkException
import dev.muster.error.TimeoutKind
import dev.muster.fake.RawServer
import dev.muster.http.Certificates
import dev.muster.http.TlsForwarder
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.BaseUrl
import dev.muster.http.endpoint.ErrorCodes
import dev.muster.http.transport.HttpTransport
import dev.muster.network.NetworkSettings
import dev.muster.provider.ProviderContext
import dev.muster.provider.SharedResource
import io.ktor.client.engine.HttpClientEngine
import io.ktor.client.engine.HttpClientEngineBase
import io.ktor.client.engine.HttpClientEngineCapability
import io.ktor.client.engine.HttpClientEngineConfig
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.java.NamedLikeALeakyEngine
import io.ktor.client.network.sockets.ConnectTimeoutException
import io.ktor.client.plugins.HttpTimeoutCapability
import io.ktor.client.plugins.HttpTimeoutConfig
import io.ktor.client.request.HttpRequestData
import io.ktor.client.request.HttpResponseData
import io.ktor.utils.io.InternalAPI
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.net.InetSocketAddress
import java.time.Duration

/** The guarantees besides the contract, for any engine. */
class KtorTransportTest {
    @Test
    fun `an engine that is known to leak is accepted with one warning that says what it leaks`() {
        val warned = standardError { KtorTransport(NamedLikeALeakyEngine()).close() }
        assertEquals(1, warned.lines().count { it.isNotBlank() }, warned)
        assertTrue("cancel(false)" in warned && "billed" in warned, warned)
    }

    @Test
    fun `a sound engine is accepted in silence`() {
        assertEquals("", standardError { KtorTransport(CIO.create()).close() })
    }

    @Test
    fun `A8 a proxy beside a transport of one's own is refused and not passed over`() {
        val transport = KtorTransport(CIO.create())
        val context =
            object : ProviderContext {
                override var network = NetworkSettings.DEFAULT

                override fun <T : SharedResource> shared(type: Class<T>, create: () -> T): T = type.cast(transport)

                override fun environment(name: String): String? = null
            }
        assertEquals(transport, HttpTransport.of(context))
        context.network = NetworkSettings { proxy(InetSocketAddress.createUnresolved("proxy", 1)) }
        assertThrows(IllegalArgumentException::class.java) { HttpTransport.of(context) }
        transport.close()
    }

    @Test
    fun `limits on a request and on silence that an engine has by itself are switched off, the one to connect stays`() {
        val engine = FailingEngine(IllegalStateException("seen"), setOf(HttpTimeoutCapability))
        failure(engine)
        val limits = engine.seen.getCapabilityOrNull(HttpTimeoutCapability)!!
        val none = HttpTimeoutConfig.INFINITE_TIMEOUT_MS
        assertEquals(
            listOf(none, null, none),
            limits.run {
                listOf(requestTimeoutMillis, connectTimeoutMillis, socketTimeoutMillis)
            },
        )
    }

    @Test
    fun `an engine without limits is not asked to switch them off`() {
        val engine = FailingEngine(IllegalStateException("seen"))
        failure(engine)
        assertEquals(null, engine.seen.getCapabilityOrNull(HttpTimeoutCapability))
    }

    @Test
    fun `an engine's failure to connect in time is one of the client's`() {
        val failure = failure(FailingEngine(ConnectTimeoutException("too late"))) as LlmTimeoutException
        assertEquals(TimeoutKind.CONNECT, failure.kind)
    }

    @Test
    fun `a certificate nobody vouches for is refused, sends nothing and is not tried again, on any engine`() {
        RawServer { connection, _ -> readRequest(connection) }.use { server ->
            TlsForwarder(Certificates.server(), server.port).use { secure ->
                listOf(Engines.cio(), Engines.okHttp()).forEach { engine ->
                    val failure = failure(engine, secure.url)
                    assertEquals(NetworkException::class.java, failure.javaClass, failure.stackTraceToString())
                    assertFalse(failure.isRetryable, failure.stackTraceToString())
                    assertTrue("sslContext" in failure.message!!, failure.stackTraceToString())
                }
            }
            assertEquals(emptyList<String>(), server.requests.toList())
        }
    }

    /** The exception of a call over [engine]. */
    private fun failure(engine: HttpClientEngine, url: String = "http://127.0.0.1:1"): LlmException {
        val transport = KtorTransport(engine)
        val endpoint =
            ApiEndpoint(
                provider = "x",
                transport = transport,
                baseUrl = BaseUrl.parse(url),
                headers = emptyMap(),
                secret = null,
                connectTimeout = Duration.ofSeconds(10),
                codes = ErrorCodes(),
            )
        try {
            return assertThrows(LlmException::class.java) {
                runBlocking { endpoint.post(ApiCall("/chat", "m", "{}".toByteArray()) { emptyList() }) }
            }
        } finally {
            transport.close()
        }
    }

    /** Fails every request with [failure] and keeps the last one. */
    private class FailingEngine(
        private val failure: Exception,
        override val supportedCapabilities: Set<HttpClientEngineCapability<*>> = emptySet(),
    ) : HttpClientEngineBase("failing") {
        lateinit var seen: HttpRequestData
        override val config = HttpClientEngineConfig()

        @InternalAPI
        override suspend fun execute(data: HttpRequestData): HttpResponseData {
            seen = data
            throw failure
        }
    }

    private fun standardError(block: () -> Unit): String {
        val before = System.err
        val text = ByteArrayOutputStream()
        System.setErr(PrintStream(text, true))
        try {
            block()
        } finally {
            System.setErr(before)
        }
        return text.toString()
    }
}
