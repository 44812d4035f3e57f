package dev.muster.samples.kotlin.guide

import dev.muster.MusterClient
import dev.muster.ktor.KtorTransport
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.okhttp.OkHttp
import kotlinx.coroutines.asCoroutineDispatcher
import okhttp3.Dispatcher
import java.util.concurrent.Executors

/** The code in docs/transports.md. */
internal object Transports {
    fun onCio(): MusterClient {
        val engine = CIO.create {
            maxConnectionsCount = 10_000
            endpoint.maxConnectionsPerRoute = 10_000
        }
        return MusterClient { transport(KtorTransport(engine)) }
    }

    fun onOkHttp(): MusterClient {
        // From JDK 21 on: Executors.newVirtualThreadPerTaskExecutor().
        val threads = Executors.newCachedThreadPool()
        val engine = OkHttp.create {
            dispatcher = threads.asCoroutineDispatcher()
            config {
                retryOnConnectionFailure(false)
                dispatcher(
                    Dispatcher(threads).apply {
                        maxRequests = 10_000
                        maxRequestsPerHost = 10_000
                    },
                )
            }
        }
        return MusterClient { transport(KtorTransport(engine)) }
    }
}
