package dev.muster.contract

import dev.muster.http.transport.HttpTransport
import dev.muster.http.transport.JdkTransport

/** The whole contract on the default engine. What only this engine promises is tested in muster-http. */
internal class JdkTransportContractTest : SlowReaderContract() {
    override fun newTransport(): HttpTransport = JdkTransport()
}
