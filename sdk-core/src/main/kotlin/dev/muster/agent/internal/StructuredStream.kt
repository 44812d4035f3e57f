package dev.muster.agent.internal

import dev.muster.agent.AgentEvent
import dev.muster.agent.AgentResponse
import dev.muster.agent.StructuredResponse
import dev.muster.chat.ChatRequest
import dev.muster.error.LlmException
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * Streams the events of all tries of a structured call, each started by [attempt]. Emits one last event for all tries,
 * which holds the object.
 */
internal fun <T> structuredStream(
    call: () -> StructuredCall<T>,
    attempt: (ChatRequest, Boolean) -> Flow<AgentEvent>,
): Flow<AgentEvent> = inTurn(events(call, attempt))

private fun <T> events(
    call: () -> StructuredCall<T>,
    attempt: (ChatRequest, Boolean) -> Flow<AgentEvent>,
): Flow<AgentEvent> = flow {
    val started = call()
    var byCollector: Throwable? = null
    var answer: StructuredResponse<T>? = null
    while (answer == null) {
        val response = started.counted({ it === byCollector }) {
            finished(attempt(started.request, started.isHeldToTools)) {
                try {
                    emit(it)
                } catch (e: LlmException) {
                    byCollector = e
                    throw e
                }
            }
        }
        answer = started.take(response)
    }
    emit(AgentEvent.Finished(answer.response, answer))
}

/** Emits all [events] but the last one, and returns the response in it. */
private suspend fun finished(events: Flow<AgentEvent>, emit: suspend (AgentEvent) -> Unit): AgentResponse {
    var response: AgentResponse? = null
    events.collect { if (it is AgentEvent.Finished) response = it.response else emit(it) }
    return checkNotNull(response) { "The stream ended without a Finished event" }
}
