package dev.muster.http.transport

import dev.muster.http.contract.CodingContract

internal class JdkCodingTest : CodingContract() {
    override fun newTransport(): HttpTransport = JdkTransport()
}
