package dev.muster.call.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.error.LlmException
import kotlinx.coroutines.currentCoroutineContext

/**
 * Opens the stream of a call, and ends it with the event that holds the whole response. What fails while the stream
 * runs says what had arrived; an exception of the collector's own passes unchanged.
 */
internal object Delivery : Link<ChatRequest, ChatResponse> {
    override suspend fun run(call: RunningCall<ChatRequest, ChatResponse>, next: Int): ChatResponse {
        val collector = call.collector ?: return call.proceed(next)
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
