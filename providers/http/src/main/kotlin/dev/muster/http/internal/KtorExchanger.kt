package dev.muster.http.internal

import dev.muster.error.ClientClosedException
import dev.muster.http.HttpAnswer
import dev.muster.http.HttpCall
import io.ktor.client.HttpClient
import io.ktor.client.engine.HttpClientEngine
import io.ktor.client.request.prepareRequest
import io.ktor.client.request.setBody
import io.ktor.client.request.url
import io.ktor.client.statement.HttpResponse
import io.ktor.client.statement.bodyAsChannel
import io.ktor.http.ContentType
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpMethod
import io.ktor.http.content.ByteArrayContent
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.readAvailable
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.isActive
import kotlinx.coroutines.job
import org.slf4j.LoggerFactory
import java.io.IOException
import java.nio.ByteBuffer
import java.time.Duration

/**
 * A Ktor engine of the user's, behind a bare client. Ktor's pipeline was measured to cost twice the exchange, so our
 * own engine does not come this way.
 */
internal class KtorExchanger(private val engine: HttpClientEngine) : Exchanger {
    private val client =
        HttpClient(engine) {
            expectSuccess = false
            useDefaultTransformers = false
            followRedirects = false
        }
    private val open =
        OpenExchanges {
            client.close()
            engine.close()
        }

    init {
        LEAKS.entries.find { engine.javaClass.name.startsWith(it.key) }?.let {
            LoggerFactory.getLogger(KtorExchanger::class.java).warn("{} {}", engine.javaClass.name, it.value)
        }
    }

    override val openExchanges: Int get() = open.count

    override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T {
        var closedByClient = false
        try {
            return coroutineScope {
                val job = coroutineContext.job
                val exchange =
                    Abortable {
                        closedByClient = true
                        job.cancel(CancellationException("The client was closed"))
                    }
                open.add(exchange)
                try {
                    run(request, handle)
                } finally {
                    open.remove(exchange)
                }
            }
        } catch (e: CancellationException) {
            if (closedByClient && currentCoroutineContext().isActive) {
                throw ClientClosedException("The client was closed while the call ran").initCause(e)
            }
            throw e
        }
    }

    override fun close(): Unit = open.close()

    override fun awaitClosed(timeout: Duration): Boolean = open.awaitClosed(timeout)

    override fun toString(): String = "Ktor ${engine.javaClass.simpleName}"

    @Suppress("TooGenericExceptionCaught") // Engines report the same failure by exceptions of many classes.
    private suspend fun <T> run(request: HttpCall, handle: suspend (HttpAnswer) -> T): T {
        var handling = false
        return try {
            val statement =
                client.prepareRequest {
                    method = HttpMethod.parse(request.method)
                    url(request.url.toString())
                    request.headers.forEach { (name, value) ->
                        if (!name.equals(HttpHeaders.ContentType, ignoreCase = true)) headers.append(name, value)
                    }
                    request.body?.let { setBody(ByteArrayContent(it, contentType(request))) }
                }
            statement.execute { response ->
                handling = true
                val result = handle(KtorAnswer(response, response.bodyAsChannel()))
                // What comes after is Ktor's own clean-up again.
                handling = false
                result
            }
        } catch (e: CancellationException) {
            currentCoroutineContext().ensureActive()
            // Ktor cancels the exchange when its connection dies; nobody has cancelled the call.
            throw if (handling) e else IOException("The exchange was cancelled by the engine", e)
        } catch (e: RuntimeException) {
            throw if (handling) e else IOException(e.message ?: e.javaClass.simpleName, e)
        }
    }

    private fun contentType(request: HttpCall): ContentType? = request.headers.entries
        .find { it.key.equals(HttpHeaders.ContentType, ignoreCase = true) }
        ?.let { ContentType.parse(it.value) }

    private companion object {
        // Measured: see docs/architecture.md.
        val LEAKS =
            mapOf(
                "io.ktor.client.engine.java." to
                    "cancels with cancel(false): a cancelled call is sent, answered and billed to its end",
                "io.ktor.client.engine.apache5." to
                    "closes a stalled stream only when data comes: a cancelled call may stay open and be billed",
            )
    }
}

private class KtorAnswer(private val response: HttpResponse, private val channel: ByteReadChannel) : HttpAnswer {
    private val buffer = ByteArray(BUFFER_BYTES)
    private var missing = response.headers[HttpHeaders.ContentLength]?.toLongOrNull() ?: 0

    override val status: Int get() = response.status.value

    override fun header(name: String): String? = response.headers[name]

    override suspend fun read(): List<ByteBuffer>? {
        val count =
            try {
                channel.readAvailable(buffer, 0, buffer.size)
            } catch (e: CancellationException) {
                currentCoroutineContext().ensureActive()
                throw IOException("The answer broke off", e)
            } catch (e: IllegalStateException) {
                // Ktor's way to say that the body is shorter than its Content-Length.
                throw IOException("The answer broke off", e)
            }
        missing -= maxOf(count, 0)
        // Some engines take a connection that is closed or reset for the end of the body.
        if (count < 0 && missing > 0) throw IOException("The answer broke off: $missing bytes are missing")
        return if (count < 0) null else listOf(ByteBuffer.wrap(buffer, 0, count))
    }

    private companion object {
        const val BUFFER_BYTES = 8 * 1024
    }
}
