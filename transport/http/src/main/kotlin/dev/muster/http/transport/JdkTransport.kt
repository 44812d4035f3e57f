package dev.muster.http.transport

import dev.muster.http.transport.internal.JdkExchanger
import dev.muster.network.NetworkSettings
import java.time.Duration

/**
 * The default transport of a client, based on `java.net.http`. It reuses connections, needs only a few threads for
 * thousands of calls, and closes the HTTP exchange in every phase of a cancelled call.
 *
 * Takes proxy, trust, connect timeout and HTTP version from [network].
 */
public class JdkTransport @JvmOverloads constructor(override val network: NetworkSettings = NetworkSettings.DEFAULT) :
    HttpTransport {
    private val exchanger = JdkExchanger(network)

    override val openExchanges: Int get() = exchanger.openExchanges

    override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T =
        onCallerDispatcher { exchanger.exchange(request, handle) }

    override fun close(): Unit = exchanger.close()

    override fun awaitClosed(timeout: Duration): Boolean = exchanger.awaitClosed(timeout)

    override fun toString(): String = "JdkTransport($exchanger, $openExchanges open)"
}
