package dev.muster.contract

import dev.muster.http.Certificates
import dev.muster.http.TlsForwarder
import dev.muster.http.transport.HttpTransport
import dev.muster.http.transport.JdkTransport
import dev.muster.network.NetworkSettings
import org.junit.jupiter.api.AfterEach

/** All of the contract over TLS, on a certificate that the client is told to trust. */
internal class TlsTransportTest : TransportContract() {
    private val secure = TlsForwarder(Certificates.server(), server.port)
    override val url: String get() = secure.url

    // Each needs a handshake, and one machine does both sides.
    override val crowd: Int get() = 200

    override fun newTransport(): HttpTransport = JdkTransport(NetworkSettings { sslContext(Certificates.trusting()) })

    @AfterEach
    fun closeForwarder(): Unit = secure.close()
}
