package dev.muster.java.parity

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ModelId
import dev.muster.error.ErrorContext
import dev.muster.error.NetworkException
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderModel
import dev.muster.provider.ProviderSession
import dev.muster.provider.StreamSink
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.awaitCancellation
import java.util.concurrent.ConcurrentHashMap

/**
 * A provider that never responds and that fails with its own exception when cancelled. An operator must add that
 * exception as suppressed to the failure it reports, and must not report it instead. Real transports behave like this
 * only by a rare coincidence.
 */
class StubbornProvider : ModelProvider {
    override val ids: Set<String> = setOf("stubborn")

    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession =
        object : ProviderSession {
            override fun chatModel(id: ModelId): ProviderModel = StubbornModel(config.baseUrl)
        }

    internal companion object {
        private val audiences = ConcurrentHashMap<String, Audience>()

        /** Reports the calls to [url] to [audience] while [block] runs. */
        fun <T> during(url: String, audience: Audience, block: () -> T): T {
            audiences[url] = audience
            try {
                return block()
            } finally {
                audiences.remove(url)
            }
        }
    }

    private class StubbornModel(private val url: String?) : ProviderModel {
        override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
            audiences[url]?.saw(Event.STUBBORN)
            try {
                awaitCancellation()
            } catch (e: CancellationException) {
                throw NetworkException("The connection failed while it was closed", ErrorContext.NONE, e)
            }
        }

        override suspend fun stream(request: ChatRequest, sink: StreamSink): Unit =
            throw UnsupportedOperationException("The stubborn provider has no streams")
    }
}
