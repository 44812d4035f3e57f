package dev.muster.http

import dev.muster.http.internal.JdkExchanger
import dev.muster.spi.NetworkSettings
import java.time.Duration

/**
 * The default transport of a client. It stands on `java.net.http`, closes the exchange in every phase of a cancelled
 * call, reuses connections, and needs a few threads for thousands of calls.
 *
 * Proxy, trust, connect timeout and HTTP version are those of [network].
 */
public class JdkTransport @JvmOverloads constructor(override val network: NetworkSettings = NetworkSettings()) :
    HttpTransport {
    private val exchanger = JdkExchanger(network)

    override val openExchanges: Int get() = exchanger.openExchanges

    override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T =
        withOwnDispatcher { exchanger.exchange(request, handle) }

    override fun close(): Unit = exchanger.close()

    override fun awaitClosed(timeout: Duration): Boolean = exchanger.awaitClosed(timeout)

    override fun toString(): String = "JdkTransport($exchanger, $openExchanges open)"
}
