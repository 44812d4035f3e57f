package dev.muster.java.errors

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.chat.Role
import dev.muster.chat.ToolCall
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.EmbeddingResponse
import dev.muster.error.ProviderException
import dev.muster.model.ChatModel
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderEmbeddingModel
import dev.muster.provider.ProviderModel
import dev.muster.provider.ProviderSession
import dev.muster.provider.StreamSink
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.yield
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/** A provider without HTTP that counts its exchanges, and throws [error] in the chosen [spot]. */
internal class Scene(val spot: Spot, val error: Error) : AutoCloseable {
    val url = "http://faulty-${NUMBER.incrementAndGet()}"
    val limiter: ConcurrencyLimiter = ConcurrencyLimiter.fixed(1000)
    val requests = AtomicInteger()
    private val lock = ReentrantLock()
    private val changed = lock.newCondition()
    private var open = 0

    val retry: RetryPolicy = RetryPolicy.builder().maxRetries(1).firstBackoff(Duration.ZERO).apply {
        if (spot == Spot.CLIENT_RETRY_IF) retryIf { throw error }
        if (spot == Spot.CLIENT_ON_RETRY) onRetry { throw error }
    }.build()

    init {
        SCENES[url] = this
    }

    suspend fun <T> exchange(block: suspend () -> T): T {
        requests.incrementAndGet()
        lock.withLock { open++ }
        try {
            return block()
        } finally {
            lock.withLock {
                open--
                changed.signalAll()
            }
        }
    }

    /** Waits until no exchange is open, and returns how many are. */
    fun openInTheEnd(): Int = lock.withLock {
        var left = Duration.ofSeconds(60).toNanos()
        while (open > 0 && left > 0) left = changed.awaitNanos(left)
        open
    }

    /** Returns how many slots are taken; a slot is released just after its exchange has ended. */
    fun slotsInTheEnd(): Int {
        val end = System.nanoTime() + Duration.ofSeconds(60).toNanos()
        while (limiter.inFlight > 0 && System.nanoTime() < end) Thread.yield()
        return limiter.inFlight
    }

    override fun close() {
        SCENES.remove(url)
    }

    companion object {
        const val MODEL = "faulty::model"
        private val NUMBER = AtomicInteger()
        private val SCENES = ConcurrentHashMap<String, Scene>()

        fun of(url: String?): Scene = SCENES.getValue(checkNotNull(url))
    }
}

/** The provider of the model of a [Scene]; the request decides what the model does. */
class FaultyProvider : ModelProvider {
    override val ids: Set<String> = setOf("faulty")

    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession =
        object : ProviderSession {
            override fun chatModel(id: ModelId): ProviderModel = FaultyModel(Scene.of(config.baseUrl))

            override fun embeddingModel(id: ModelId): ProviderEmbeddingModel =
                FaultyEmbeddings(Scene.of(config.baseUrl))

            override suspend fun models(): List<ModelInfo> = throw Scene.of(config.baseUrl).error
        }

    private class FaultyEmbeddings(private val scene: Scene) : ProviderEmbeddingModel {
        override val maxBatch: Int = 1

        override suspend fun embed(request: EmbeddingRequest): EmbeddingResponse.Builder = scene.exchange {
            yield()
            throw scene.error
        }
    }

    private class FaultyModel(private val scene: Scene) : ProviderModel {
        override suspend fun chat(request: ChatRequest): ChatResponse.Builder = scene.exchange {
            yield()
            when (said(request)) {
                "hang" -> awaitCancellation()
                "boom" -> throw scene.error
                "busy" -> throw ProviderException("503")
                "act" -> if (hasRun(request)) answer("done") else toolCall()
                "town" -> answer("""{"name":"Ulm"}""")
                else -> answer("ok")
            }
        }

        override suspend fun stream(request: ChatRequest, sink: StreamSink) = scene.exchange {
            yield()
            val said = said(request)
            if (said == "boom") throw scene.error
            sink.text("a")
            when (said) {
                "hang" -> awaitCancellation()
                "late" -> throw scene.error
            }
            sink.finish(FinishReason.STOP, "stop")
        }

        private fun said(request: ChatRequest): String = request.messages.first { it.role == Role.USER }.text

        private fun hasRun(request: ChatRequest) = request.messages.any { it.role == Role.TOOL }

        private fun answer(text: String) = ChatResponse.builder().text(text).finish(FinishReason.STOP, "stop")

        private fun toolCall() = ChatResponse.builder().toolCalls(listOf(ToolCall("1", "act", """{"name":"Ulm"}""")))
            .finish(FinishReason.TOOL_CALLS, "tool_calls")
    }
}

/** A custom model. */
internal class OwnModel(private val scene: Scene) : ChatModel {
    override val id: ModelId = ModelId.of("own", "model")

    override suspend fun chat(request: ChatRequest): ChatResponse = scene.exchange { throw scene.error }

    override fun stream(request: ChatRequest): Flow<ChatEvent> = flow {
        scene.exchange {
            emit(ChatEvent.TextDelta("a"))
            throw scene.error
        }
    }
}
