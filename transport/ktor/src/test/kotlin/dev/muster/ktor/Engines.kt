package dev.muster.ktor

import io.ktor.client.engine.HttpClientEngine
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.okhttp.OkHttp
import kotlinx.coroutines.asCoroutineDispatcher
import okhttp3.Dispatcher
import okhttp3.tls.HandshakeCertificates
import okhttp3.tls.HeldCertificate
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors

/** Engines, tuned as docs/transports.md says. */
internal object Engines {
    const val OKHTTP_CROWD = 300

    /** Trusts only [trusted], if given. */
    fun cio(trusted: HeldCertificate? = null): HttpClientEngine = CIO.create {
        maxConnectionsCount = 2_000
        endpoint.maxConnectionsPerRoute = 2_000
        trusted?.let { https.trustManager = trusting(it).trustManager }
    }

    /** Trusts only [trusted], if given. */
    fun okHttp(trusted: HeldCertificate? = null): HttpClientEngine = OkHttp.create {
        val threads = threads()
        dispatcher = threads.asCoroutineDispatcher()
        config {
            retryOnConnectionFailure(false)
            dispatcher(
                Dispatcher(threads).apply {
                    maxRequests = 2_000
                    maxRequestsPerHost = 2_000
                },
            )
            trusted?.let { certificate ->
                trusting(certificate).let { sslSocketFactory(it.sslSocketFactory(), it.trustManager) }
            }
        }
    }

    private fun threads(): ExecutorService = Executors.newCachedThreadPool { task ->
        Thread(task, "okhttp-test").apply { isDaemon = true }
    }

    private fun trusting(certificate: HeldCertificate): HandshakeCertificates =
        HandshakeCertificates.Builder().addTrustedCertificate(certificate.certificate).build()
}
