package dev.muster.http.transport

import dev.muster.network.HttpVersion
import dev.muster.network.NetworkSettings
import dev.muster.provider.ProviderContext
import dev.muster.provider.Transport
import java.net.URI
import java.nio.ByteBuffer

/**
 * Runs the HTTP exchanges of all providers of one client. Owns the connection pool and counts the open exchanges.
 *
 * Cancelling the coroutine that runs an [exchange] closes the exchange at once, whether it is connecting, waiting for
 * the response, reading it or stalled. It never blocks the canceller.
 */
public interface HttpTransport : Transport {
    /** The number of exchanges whose connection is in use or not yet known to be closed. */
    public val openExchanges: Int

    /**
     * The network settings of this transport: proxy, trust, connect timeout and HTTP version. Null if it was not
     * created with Muster's settings, so these are unknown.
     */
    public val network: NetworkSettings?

    /**
     * Sends [request] and calls [handle] with the response, whatever its status.
     *
     * [handle] runs on the caller's dispatcher, never on a thread of the transport. It starts when the headers have
     * arrived, or at the latest with the first chunk of the body. The response can be read until [handle] ends. If
     * [handle] returns, the rest of the body is drained in the background or the connection is closed. If it throws,
     * the connection is closed at once. Redirects are not followed.
     *
     * @throws java.io.IOException if no response arrives, or the connection breaks while it is read
     * @throws dev.muster.error.ClientClosedException if the transport is closed
     */
    public suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T

    /** Finds the transport of a client. */
    public companion object {
        /**
         * Returns the transport shared by all providers of the client behind [context]. Creates a [JdkTransport] if
         * the client has none.
         *
         * @throws IllegalArgumentException if the client was given a transport together with a proxy, an sslContext
         * or an HTTP version, which would have no effect
         */
        @JvmStatic
        public fun of(context: ProviderContext): HttpTransport {
            val settings = context.network
            val transport = context.shared(HttpTransport::class.java) { JdkTransport(settings) }
            require(settings === transport.network || settings.isUsual()) {
                "proxy, noProxy, systemProxy, sslContext or httpVersion is set on the client, but its transport was " +
                    "created without it: set it on the transport's engine instead"
            }
            return transport
        }

        private fun NetworkSettings.isUsual() = proxy == null &&
            noProxy.isEmpty() &&
            systemProxy &&
            sslContext == null &&
            httpVersion == HttpVersion.HTTP_1_1
    }
}

/** An encoded HTTP request. `toString` shows neither headers nor body. */
public class HttpCall(
    /** `GET` or `POST`. */
    public val method: String,
    /** The target, without secrets. */
    public val url: URI,
    /** The request headers, including the API key. */
    public val headers: Map<String, String>,
    /** The encoded body, or null for none. Not copied. */
    public val body: ByteArray? = null,
) {
    override fun toString(): String = "HttpCall($method $url, ${body?.size ?: 0} bytes)"
}

/**
 * An HTTP response whose headers have arrived and whose body is read on demand. Use it from one coroutine at a time.
 */
public interface HttpAnswer {
    /** The HTTP status. */
    public val status: Int

    /** Returns the first value of the header [name], or null. */
    public fun header(name: String): String?

    /**
     * Returns the next chunk of the body, or null at its end. Backpressure: the peer is slowed down while nobody
     * reads. The buffers are valid until the next call.
     *
     * @throws java.io.IOException if the connection breaks before the end of the body
     */
    public suspend fun read(): List<ByteBuffer>?
}
