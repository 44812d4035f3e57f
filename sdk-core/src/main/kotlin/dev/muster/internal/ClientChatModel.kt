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
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import dev.muster.resilience.internal.Retrying
import dev.muster.resilience.internal.limited
import dev.muster.spi.ProviderModel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import java.time.Duration
import kotlin.time.TimeMark
import kotlin.time.TimeSource
import kotlin.time.toJavaDuration

/** A provider's model with all that the client adds: checks, limits of time, retries, the life of the client. */
internal class ClientChatModel(
    override val id: ModelId,
    private val provider: ProviderModel,
    private val lifecycle: Lifecycle,
    private val timeouts: Timeouts,
    private val retry: RetryPolicy,
    private val retrying: Retrying,
) : ChatModel {
    private val context = ErrorContext.builder().provider(id.provider).model(id.model).build()

    override suspend fun chat(request: ChatRequest): ChatResponse {
        checkRequest(request, context)
        val start = clock().markNow()
        return lifecycle.run {
            attempts(start) { provider.chat(request) }.completed(start)
        }
    }

    override fun stream(request: ChatRequest): Flow<ChatEvent> = flow {
        checkRequest(request, context)
        val start = clock().markNow()
        lifecycle.run {
            val output = StreamOutput(this@flow)
            val answer = reportingPartial(output) { attempts(start, output) { receive(request, output) } }
            emit(ChatEvent.Finished(answer.response().completed(start)))
        }
    }

    /** The total limit around all attempts and the waits between them, the attempt's own around each. */
    private suspend fun <T> attempts(start: TimeMark, output: StreamOutput? = null, attempt: suspend () -> T): T =
        limited(timeouts.total, TimeoutKind.TOTAL, context) {
            retrying.run(
                retry,
                timeLeft = { timeouts.total?.minus(start.elapsedNow().toJavaDuration()) },
                repeatable = { output?.used != true },
                foreign = { it === output?.thrownByCollector },
            ) { number ->
                limited(limitOf(number), TimeoutKind.ATTEMPT, context) { attempt() }
            }
        }

    private suspend fun receive(request: ChatRequest, output: StreamOutput): StreamedAnswer {
        val watch = TokenWatch(timeouts, clock(), context).takeIf { it.isNeeded }
        val answer = StreamedAnswer(output, watch)
        output.answer = answer
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
        return answer
    }

    /** What fails while a stream runs says what had arrived. A failure of the collector's own is passed untouched. */
    private suspend fun <T> reportingPartial(output: StreamOutput, block: suspend () -> T): T {
        try {
            return block()
        } catch (e: LlmException) {
            if (e !== output.thrownByCollector) {
                e.partialText = output.answer?.partialText
                e.partialUsage = output.answer?.partialUsage
            }
            throw e
        }
    }

    private fun limitOf(attempt: Int): Duration? =
        retry.timeouts.getOrNull(attempt - 1) ?: retry.timeouts.lastOrNull() ?: timeouts.attempt

    private fun ChatResponse.Builder.completed(start: TimeMark): ChatResponse {
        val response = provider(id.provider).latency(start.elapsedNow().toJavaDuration()).build()
        return if (response.model.isEmpty()) response.toBuilder().model(id.model).build() else response
    }

    private suspend fun clock(): TimeSource = currentCoroutineContext().clock

    override fun toString(): String = "ChatModel($id)"
}
