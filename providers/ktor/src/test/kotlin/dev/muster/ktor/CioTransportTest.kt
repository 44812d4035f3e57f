package dev.muster.ktor

import dev.muster.http.HttpTransport
import dev.muster.http.contract.SlowReaderContract

/** The whole contract on Ktor's CIO engine. */
internal class CioTransportTest : SlowReaderContract() {
    override fun newTransport(): HttpTransport = KtorTransport(Engines.cio())

    // Told by nothing that the engine hands on: if it ever is, KtorTransport's documentation can lose a paragraph.
    override val whyCutChunksPassForWhole: String
        get() = "CIO takes the end of a connection between two chunks for the end of the body"
}
