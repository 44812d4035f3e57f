package dev.muster.gemini

import dev.muster.http.transport.HttpAnswer
import dev.muster.http.transport.HttpCall
import dev.muster.http.transport.HttpTransport
import dev.muster.network.NetworkSettings
import java.nio.ByteBuffer
import java.time.Duration

/** Responds with [body] and runs [then] in place of the end of the body. */
internal class ScriptedTransport(private val body: String, private val then: suspend () -> Nothing) : HttpTransport {
    /** The path of the last request. */
    var path: String? = null
        private set
    override val openExchanges: Int get() = 0
    override val network: NetworkSettings? get() = null

    override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T {
        path = request.url.rawPath
        var isSent = false
        return handle(
            object : HttpAnswer {
                override val status = 200

                override fun header(name: String): String? = null

                override suspend fun read(): List<ByteBuffer> {
                    if (isSent) then()
                    isSent = true
                    return listOf(ByteBuffer.wrap(body.toByteArray()))
                }
            },
        )
    }

    override fun close() {
        // Nothing is open.
    }

    override fun awaitClosed(timeout: Duration): Boolean = true
}
