package dev.muster.http

import dev.muster.http.internal.Exchanger
import dev.muster.http.internal.JdkExchanger
import dev.muster.http.internal.KtorExchanger
import dev.muster.http.internal.withOwnDispatcher
import dev.muster.spi.NetworkSettings
import io.ktor.client.engine.HttpClientEngine
import java.time.Duration

/**
 * The transport of a client. By default it runs on an engine of its own over `java.net.http`, which closes the exchange
 * in every phase of a cancelled call, reuses connections and needs a few threads for thousands of calls.
 */
public class KtorTransport private constructor(
    private val exchanger: Exchanger,
    // Null for an engine of the user's, which has its own.
    private val network: NetworkSettings?,
) : HttpTransport {
    /** Uses the default engine, with proxy, trust and connect timeout of [network]. */
    @JvmOverloads
    public constructor(network: NetworkSettings = NetworkSettings()) : this(JdkExchanger(network), network)

    /**
     * Uses [engine], bare: no plugin, redirect or transformer of Ktor's. Proxy, trust and connect timeout are set on
     * the engine. [close] closes it. An engine that is known to leave exchanges open after a cancel is accepted with
     * one warning that says what it leaks.
     */
    public constructor(engine: HttpClientEngine) : this(KtorExchanger(engine), null)

    override val openExchanges: Int get() = exchanger.openExchanges

    override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T =
        withOwnDispatcher { exchanger.exchange(request, handle) }

    override fun close(): Unit = exchanger.close()

    override fun awaitClosed(timeout: Duration): Boolean = exchanger.awaitClosed(timeout)

    /** Fails where [settings] ask for a route or a trust that this transport was not made with. */
    internal fun checkNetwork(settings: NetworkSettings) {
        require(settings === network || (settings.proxy == null && settings.sslContext == null)) {
            "Proxy and sslContext are set on the client, but its transport was made without them: " +
                "set them on the transport's engine"
        }
    }

    override fun toString(): String = "KtorTransport($exchanger, $openExchanges open)"
}
