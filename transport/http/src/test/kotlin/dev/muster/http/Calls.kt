package dev.muster.http

import dev.muster.error.LlmException
import dev.muster.http.codec.SseEvent
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.BaseUrl
import dev.muster.http.endpoint.ErrorCodes
import dev.muster.http.endpoint.EventDecoder
import dev.muster.http.transport.HttpCall
import dev.muster.http.transport.HttpTransport
import dev.muster.http.transport.JdkTransport
import dev.muster.network.NetworkSettings
import io.mockk.mockk
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertThrows
import java.net.URI
import java.time.Duration

internal val LIMIT: Duration = Duration.ofSeconds(60)

internal fun apiCall(prompt: String = "hi"): ApiCall =
    ApiCall("/chat", "m", """{"prompt":"$prompt"}""".toByteArray()) { listOf(prompt) }

/** An endpoint at [url] with the API key [key]. */
internal fun endpointAt(transport: HttpTransport, url: String, key: String = "s3cret-key"): ApiEndpoint = ApiEndpoint(
    provider = "x",
    transport = transport,
    baseUrl = BaseUrl.parse(url),
    headers = mapOf("Authorization" to "Bearer $key"),
    secret = key,
    connectTimeout = Duration.ofSeconds(10),
    codes = ErrorCodes(),
)

/** Runs [block] on a transport with [network] and closes it. */
internal fun <T> onTransport(
    network: NetworkSettings = NetworkSettings.DEFAULT,
    block: suspend kotlinx.coroutines.CoroutineScope.(JdkTransport) -> T,
): T {
    val transport = JdkTransport(network)
    try {
        return runBlocking { withTimeout(LIMIT.toMillis()) { block(transport) } }
    } finally {
        transport.close()
        check(transport.awaitClosed(LIMIT)) { "left open: $transport" }
    }
}

/** Accepts every event and treats none as the last one. */
internal class Unimpressed : EventDecoder(mockk(relaxed = true)) {
    override suspend fun take(event: SseEvent): Boolean = false
}

/** The exception of a call to [url]. */
internal fun failure(url: String, network: NetworkSettings = NetworkSettings.DEFAULT): LlmException =
    assertThrows(LlmException::class.java) { onTransport(network) { endpointAt(it, url).post(apiCall()) } }

internal fun get(url: String): HttpCall = HttpCall("GET", URI(url), emptyMap())
