package dev.muster.call.internal

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.error.LlmException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.FlowCollector

/**
 * Opens the stream of a call, and ends it with the event that holds the whole response. Adds the text and the usage so
 * far to a failure of the stream. An exception of the collector passes unchanged.
 */
internal object Delivery : Link<ChatRequest, ChatResponse> {
    // Tail calls: a call without a stream needs no continuation here.
    override suspend fun run(call: RunningCall<ChatRequest, ChatResponse>, next: Int): ChatResponse =
        if (call.collector == null) call.proceed(next) else deliver(call, call.collector, next)

    private suspend fun deliver(
        call: RunningCall<ChatRequest, ChatResponse>,
        collector: FlowCollector<ChatEvent>,
        next: Int,
    ): ChatResponse {
        val stream = RunningStream(call, CollectorTurns(collector, currentCoroutineContext()))
        call.stream = stream
        val response =
            try {
                call.proceed(next)
            } catch (e: LlmException) {
                if (!stream.isFromCollector(e)) {
                    e.partialText = stream.partialText
                    e.partialUsage = stream.usage
                }
                throw e
            }
        stream.finish(response)
        return response
    }
}
