package dev.muster.http

import dev.muster.http.internal.Exchanger
import dev.muster.http.internal.JdkExchanger
import dev.muster.http.internal.KtorExchanger
import dev.muster.http.internal.withOwnDispatcher
import dev.muster.spi.HttpVersion
import dev.muster.spi.NetworkSettings
import io.ktor.client.engine.HttpClientEngine
import java.time.Duration

/**
 * The transport of a client. By default it runs on an engine of its own over `java.net.http`, which closes the exchange
 * in every phase of a cancelled call, reuses connections and needs a few threads for thousands of calls.
 */
public class KtorTransport private constructor(
    private val exchanger: Exchanger,
    /** Null for an engine of the user's, which has its own. */
    @get:JvmSynthetic
    internal val network: NetworkSettings?,
) : HttpTransport {
    /** Uses the default engine, with proxy, trust, connect timeout and HTTP version of [network]. */
    @JvmOverloads
    public constructor(network: NetworkSettings = NetworkSettings()) : this(JdkExchanger(network), network)

    /**
     * Uses [engine], bare: no plugin, redirect or transformer of Ktor's. Proxy, trust, connect timeout and HTTP version
     * are set on the engine. [close] closes it.
     *
     * An engine that is known to leave exchanges open after a cancel is accepted with one warning that says what it
     * leaks. What an engine takes for a whole body is taken for whole here: CIO does so where a chunked body is cut off
     * between two chunks, and at times within one. A stream that is cut so has no end marker and fails with
     * [dev.muster.error.StreamTruncatedException] all the same; a whole answer that is JSON without an end fails with
     * [dev.muster.error.MalformedResponseException], which is not retried, in place of
     * [dev.muster.error.NetworkException].
     */
    public constructor(engine: HttpClientEngine) : this(KtorExchanger(engine), null)

    override val openExchanges: Int get() = exchanger.openExchanges

    override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T =
        withOwnDispatcher { exchanger.exchange(request, handle) }

    override fun close(): Unit = exchanger.close()

    override fun awaitClosed(timeout: Duration): Boolean = exchanger.awaitClosed(timeout)

    /** Fails where [settings] ask for a route, a trust or a version that this transport was not made with. */
    @JvmSynthetic
    internal fun checkNetwork(settings: NetworkSettings) {
        val usual =
            settings.proxy == null && settings.sslContext == null && settings.httpVersion == HttpVersion.HTTP_1_1
        require(settings === network || usual) {
            "Proxy, sslContext or httpVersion is set on the client, but its transport was made without: " +
                "set it on the transport's engine"
        }
    }

    override fun toString(): String = "KtorTransport($exchanger, $openExchanges open)"
}
