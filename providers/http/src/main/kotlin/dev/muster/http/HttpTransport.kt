package dev.muster.http

import dev.muster.spi.HttpVersion
import dev.muster.spi.NetworkSettings
import dev.muster.spi.ProviderContext
import dev.muster.spi.Transport
import java.net.URI
import java.nio.ByteBuffer

/**
 * Carries HTTP exchanges for the providers of one client: one connection pool, one count of what is open, one end.
 *
 * Cancelling the coroutine that runs an [exchange] closes it at once, whether it is connecting, waiting for the answer,
 * reading it or stalled, and never blocks the one who cancels.
 */
public interface HttpTransport : Transport {
    /** The exchanges whose connection is in use or not yet known to be closed. */
    public val openExchanges: Int

    /**
     * The settings by which this transport reaches the network, or null if it was not made with Muster's settings: its
     * proxy, trust, connect timeout and HTTP version are then not known.
     */
    public val network: NetworkSettings?

    /**
     * Sends [request] and lets [handle] read the answer, whatever its status. The answer can be read until [handle]
     * ends: when it returns, what is left is drained in the background or the connection closed; when it throws, the
     * connection is closed at once. It begins when the headers are here, or no later than with the first piece of the
     * body. Redirects are not followed.
     *
     * [handle] runs on the caller's dispatcher, never on a thread of the transport.
     *
     * @throws java.io.IOException where no answer came, or it broke off
     * @throws dev.muster.error.ClientClosedException where the transport is closed
     */
    public suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T

    /** Finds the transport of a client. */
    public companion object {
        /**
         * The transport shared by all providers of the client behind [context].
         *
         * @throws IllegalArgumentException where the client was given a transport and, beside it, a proxy, an
         * sslContext or an HTTP version, which would have no effect
         */
        @JvmStatic
        public fun of(context: ProviderContext): HttpTransport {
            val settings = context.network
            val transport = context.shared(HttpTransport::class.java) { JdkTransport(settings) }
            require(settings === transport.network || settings.isUsual()) {
                "proxy, noProxy, systemProxy, sslContext or httpVersion is set on the client, but its transport was " +
                    "made without: set it on the transport's engine"
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

/** A request that has been encoded. `toString` shows neither headers nor body. */
public class HttpCall(
    /** `GET` or `POST`. */
    public val method: String,
    /** Where to, without secrets. */
    public val url: URI,
    /** What to say beside the body; the key is here. */
    public val headers: Map<String, String>,
    /** The encoded body, or null for none; not copied. */
    public val body: ByteArray? = null,
) {
    override fun toString(): String = "HttpCall($method $url, ${body?.size ?: 0} bytes)"
}

/** An answer whose headers are here and whose body is read by demand. Used by one coroutine at a time. */
public interface HttpAnswer {
    /** The HTTP status. */
    public val status: Int

    /** The first value of the header [name], or null. */
    public fun header(name: String): String?

    /**
     * The next piece of the body, or null at its end. The peer is slowed down while nobody reads. The buffers may be
     * used until the next call.
     *
     * @throws java.io.IOException where the body broke off
     */
    public suspend fun read(): List<ByteBuffer>?
}

/**
 * The whole body.
 *
 * @throws TooLargeException beyond [limit] bytes
 * @throws java.io.IOException where the body broke off
 */
public suspend fun HttpAnswer.readAll(limit: Int = DEFAULT_BODY_LIMIT): ByteArray {
    val announced = header("Content-Length")?.toLongOrNull() ?: 0
    if (announced > limit) throw TooLargeException("answer", limit)
    // Not all at once that a peer announces and may never send.
    var bytes = ByteArray(if (announced > 0) minOf(announced, ANNOUNCED_AT_ONCE).toInt() else INITIAL_BODY)
    var size = 0
    while (true) {
        val pieces = read() ?: break
        for (piece in pieces) {
            val length = piece.remaining()
            if (length > limit - size) throw TooLargeException("answer", limit)
            if (size + length > bytes.size) bytes = bytes.copyOf(grown(bytes.size, size + length, limit))
            piece.get(bytes, size, length)
            size += length
        }
    }
    return if (size == bytes.size) bytes else bytes.copyOf(size)
}

private fun grown(now: Int, atLeast: Int, limit: Int): Int =
    maxOf(atLeast.toLong(), minOf(now * 2L, limit.toLong())).toInt()

/** The largest answer that is read whole: 64 MiB. */
public const val DEFAULT_BODY_LIMIT: Int = 64 * 1024 * 1024

/** The longest stream that is read, comments and all: 256 MiB, which is about a million tokens. */
public const val DEFAULT_STREAM_LIMIT: Int = 256 * 1024 * 1024

private const val INITIAL_BODY = 4 * 1024
private const val ANNOUNCED_AT_ONCE = 1024L * 1024
