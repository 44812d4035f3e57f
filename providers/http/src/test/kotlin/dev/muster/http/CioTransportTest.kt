package dev.muster.http

import io.ktor.client.engine.cio.CIO

/** A Ktor engine of the user's keeps the contract too, where it is sound itself. */
internal class CioTransportTest : TransportContract() {
    override fun newTransport(): KtorTransport = KtorTransport(
        CIO.create {
            maxConnectionsCount = 2_000
            endpoint.maxConnectionsPerRoute = 2_000
        },
    )
}
