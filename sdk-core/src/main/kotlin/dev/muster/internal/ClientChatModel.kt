package dev.muster.internal

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatModel
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ModelId
import dev.muster.chat.StructuredOutputMode
import dev.muster.concurrent.clock
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.StreamTruncatedException
import dev.muster.error.TimeoutKind
import dev.muster.spi.ProviderModel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import org.slf4j.Logger
import org.slf4j.LoggerFactory
import kotlin.time.TimeMark
import kotlin.time.toJavaDuration

/** A provider's model with all that the client adds: checks, limits, retries, the life of the client. */
internal class ClientChatModel(private val path: CallPath, private val provider: ProviderModel) : ChatModel {
    override val id: ModelId get() = path.id

    override suspend fun chat(request: ChatRequest): ChatResponse {
        check(request)
        val start = path.start()
        return path
            .run(start, { estimateTokens(request) }, { it.usage }) {
                provider.chat(request).also { it.usage(it.usage?.plausible()) }
            }.completed(start)
    }

    override fun stream(request: ChatRequest): Flow<ChatEvent> = flow {
        check(request)
        val start = path.start()
        path.running {
            val output = StreamOutput(this, request, currentCoroutineContext())
            val answer =
                reportingPartial(output) {
                    path.attempts(start, { estimateTokens(request) }, { it.partialUsage }, output) {
                        receive(request, output)
                    }
                }
            emit(ChatEvent.Finished(answer.response().completed(start)))
        }
    }

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode = provider.structuredOutput(request)

    private fun check(request: ChatRequest) {
        checkRequest(request, path.context)
        if (request.responseFormat != null && structuredOutput(request) != StructuredOutputMode.NATIVE) {
            throw InvalidRequestException(
                "$id cannot be held to a schema in this request: ask it for a type instead",
                path.context,
            )
        }
    }

    private suspend fun receive(request: ChatRequest, output: StreamOutput): StreamedAnswer {
        val watch = TokenWatch(path.timeouts, currentCoroutineContext().clock, id, path.context, output)
        val answer = StreamedAnswer(output, watch)
        output.answer = answer
        try {
            coroutineScope { watch.during(this) { provider.stream(request, answer) } }
        } catch (e: LlmException) {
            // What can still be missing is the usage, which is null then.
            if (!answer.isWhole || e === output.thrownByCollector || !isOnlyTheEnd(e)) throw e
            LOG.debug("{}: the stream broke off after its finish, its usage may be missing: {}", id, e.message)
        }
        if (!answer.isWhole) {
            throw StreamTruncatedException("The stream of $id ended without its end marker", path.context)
        }
        return answer
    }

    /** Whether the stream broke off or fell silent, and nobody has said why. */
    private fun isOnlyTheEnd(e: LlmException) =
        e is StreamTruncatedException || (e is LlmTimeoutException && e.kind in SILENCE)

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

    private fun ChatResponse.Builder.completed(start: TimeMark): ChatResponse {
        if (model.isEmpty()) model(id.model)
        return provider(id.provider).latency(start.elapsedNow().toJavaDuration()).build()
    }

    override fun toString(): String = "ChatModel($id)"

    private companion object {
        val LOG: Logger = LoggerFactory.getLogger("dev.muster.call")
        val SILENCE = setOf(TimeoutKind.FIRST_TOKEN, TimeoutKind.BETWEEN_TOKENS)
    }
}
