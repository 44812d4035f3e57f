package dev.muster.ktor

import dev.muster.contract.CodingContract
import dev.muster.http.transport.HttpTransport

internal class CioCodingTest : CodingContract() {
    override fun newTransport(): HttpTransport = KtorTransport(Engines.cio())
}

internal class OkHttpCodingTest : CodingContract() {
    override fun newTransport(): HttpTransport = KtorTransport(Engines.okHttp())

    override val decodesGzip: Boolean get() = true
}
