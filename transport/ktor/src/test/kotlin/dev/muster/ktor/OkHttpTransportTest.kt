package dev.muster.ktor

import dev.muster.contract.SlowReaderContract
import dev.muster.http.transport.HttpTransport

/** The whole contract on Ktor's OkHttp engine. */
internal class OkHttpTransportTest : SlowReaderContract() {
    // Before JDK 21 it needs a thread for each exchange.
    override val crowd: Int get() = Engines.OKHTTP_CROWD

    override fun newTransport(): HttpTransport = KtorTransport(Engines.okHttp())
}
