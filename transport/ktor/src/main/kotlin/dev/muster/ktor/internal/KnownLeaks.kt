package dev.muster.ktor.internal

import dev.muster.ktor.KtorTransport
import io.ktor.client.engine.HttpClientEngine
import org.slf4j.LoggerFactory

/** The engines that were measured to leave exchanges open after a cancel: see docs/transports.md. */
internal object KnownLeaks {
    private val LEAKS =
        mapOf(
            "io.ktor.client.engine.java." to
                "cancels with cancel(false): a cancelled call still runs to its end and is billed",
            "io.ktor.client.engine.apache5." to
                "closes a stalled stream only when data arrives: a cancelled call may stay open and be billed",
        )

    /** Logs one warning if [engine] is one of them. */
    fun warnOf(engine: HttpClientEngine) {
        LEAKS.entries.find { engine.javaClass.name.startsWith(it.key) }?.let {
            LoggerFactory.getLogger(KtorTransport::class.java).warn("{} {}", engine.javaClass.name, it.value)
        }
    }
}
