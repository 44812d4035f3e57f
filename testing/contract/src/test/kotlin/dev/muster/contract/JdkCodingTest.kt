package dev.muster.contract

import dev.muster.http.transport.HttpTransport
import dev.muster.http.transport.JdkTransport

internal class JdkCodingTest : CodingContract() {
    override fun newTransport(): HttpTransport = JdkTransport()
}
