package dev.muster.internal

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatModel
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ModelId
import dev.muster.concurrent.clock
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import dev.muster.error.StreamTruncatedException
import dev.muster.error.TimeoutKind
import dev.muster.resilience.Timeouts
import dev.muster.resilience.internal.limited
import dev.muster.spi.ProviderModel
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlin.time.TimeMark
import kotlin.time.TimeSource
import kotlin.time.toJavaDuration

/** A provider's model with all that the client adds: checks, limits of time, the life of the client. */
internal class ClientChatModel(
    override val id: ModelId,
    private val provider: ProviderModel,
    private val lifecycle: Lifecycle,
    private val timeouts: Timeouts,
) : ChatModel {
    private val context = ErrorContext.builder().provider(id.provider).model(id.model).build()

    override suspend fun chat(request: ChatRequest): ChatResponse {
        checkRequest(request, context)
        val start = clock().markNow()
        return lifecycle.run { inTime { provider.chat(request).completed(start) } }
    }

    override fun stream(request: ChatRequest): Flow<ChatEvent> = flow {
        checkRequest(request, context)
        val start = clock().markNow()
        lifecycle.run {
            val watch = TokenWatch(timeouts, clock(), context).takeIf { it.isNeeded }
            val answer = StreamedAnswer(this@flow, watch)
            reportingPartial(answer) { inTime { receive(request, answer, watch) } }
            emit(ChatEvent.Finished(answer.response().completed(start)))
        }
    }

    private suspend fun receive(request: ChatRequest, answer: StreamedAnswer, watch: TokenWatch?) {
        if (watch == null) {
            provider.stream(request, answer)
        } else {
            coroutineScope {
                val watching = launch { watch.watch() }
                provider.stream(request, answer)
                watching.cancel()
            }
        }
        if (!answer.isWhole) {
            throw StreamTruncatedException("The stream of $id ended without its end marker", context)
        }
    }

    /** What fails while a stream runs says what had arrived. A failure of the collector's own is passed untouched. */
    private suspend fun reportingPartial(answer: StreamedAnswer, block: suspend () -> Unit) {
        try {
            block()
        } catch (e: LlmException) {
            if (e !== answer.thrownByCollector) {
                e.partialText = answer.partialText
                e.partialUsage = answer.partialUsage
            }
            throw e
        }
    }

    private suspend fun <T> inTime(block: suspend CoroutineScope.() -> T): T =
        limited(timeouts.total, TimeoutKind.TOTAL, context) {
            limited(timeouts.attempt, TimeoutKind.ATTEMPT, context, block)
        }

    private fun ChatResponse.Builder.completed(start: TimeMark): ChatResponse {
        val response = provider(id.provider).latency(start.elapsedNow().toJavaDuration()).build()
        return if (response.model.isEmpty()) response.toBuilder().model(id.model).build() else response
    }

    private suspend fun clock(): TimeSource = currentCoroutineContext().clock

    override fun toString(): String = "ChatModel($id)"
}
