package dev.muster.ktor

import dev.muster.contract.SlowReaderContract
import dev.muster.http.transport.HttpTransport

/** The whole contract on Ktor's CIO engine. */
internal class CioTransportTest : SlowReaderContract() {
    override fun newTransport(): HttpTransport = KtorTransport(Engines.cio())

    // The engine reports nothing that shows it. If it ever does, remove the paragraph in KtorTransport's
    // documentation.
    override val whyCutChunksPassForWhole: String
        get() = "CIO takes the end of a connection between two chunks for the end of the body"
}
