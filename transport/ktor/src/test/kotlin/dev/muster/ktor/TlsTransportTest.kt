package dev.muster.ktor

import dev.muster.contract.TransportContract
import dev.muster.http.Certificates
import dev.muster.http.TlsForwarder
import dev.muster.http.transport.HttpTransport
import io.ktor.client.engine.HttpClientEngine
import org.junit.jupiter.api.AfterEach

/** The contract over TLS, on a certificate that the engine is told to trust. */
internal abstract class TlsTransportTest(private val engine: () -> HttpClientEngine) : TransportContract() {
    private val secure = TlsForwarder(Certificates.server(), server.port)
    override val url: String get() = secure.url

    // Each needs a handshake, one machine does both sides, and CIO's is slow.
    override val crowd: Int get() = 50

    override fun newTransport(): HttpTransport = KtorTransport(engine())

    @AfterEach
    fun closeForwarder(): Unit = secure.close()
}

internal class CioTlsTransportTest : TlsTransportTest({ Engines.cio(Certificates.local) }) {
    override val whyCutChunksPassForWhole: String get() = "CIO over TLS as without"
}

internal class OkHttpTlsTransportTest : TlsTransportTest({ Engines.okHttp(Certificates.local) })
