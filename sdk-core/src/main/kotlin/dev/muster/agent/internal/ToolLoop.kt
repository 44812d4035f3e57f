package dev.muster.agent.internal

import dev.muster.agent.AgentEvent
import dev.muster.agent.AgentResponse
import dev.muster.agent.AgentTool
import dev.muster.agent.ToolExecution
import dev.muster.call.internal.Operation
import dev.muster.call.internal.OperationContext
import dev.muster.call.internal.ToolContext
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolChoice
import dev.muster.chat.ToolRun
import dev.muster.chat.Usage
import dev.muster.concurrent.asCompleted
import dev.muster.error.Arrivals
import dev.muster.error.Arrived
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import dev.muster.error.ToolLoopLimitException
import dev.muster.model.ChatModel
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import java.time.Duration

/** Runs the rounds of an agent's calls. Immutable: each call has its own [AgentCall]. */
internal class ToolLoop(
    private val model: ChatModel,
    tools: List<AgentTool>,
    private val execution: ToolExecution,
    private val maxRounds: Int,
    timeout: Duration?,
) {
    private val runner = ToolRunner(tools, timeout)
    private val names = tools.mapTo(HashSet()) { it.name }

    /** Asks the model, runs the tools it calls and continues its pauses, until it responds without either. */
    suspend fun run(request: ChatRequest, isHeldToTools: Boolean = false): AgentResponse =
        inTurn { AgentCall(request, isHeldToTools) {}.run(model::chat) }

    /** As [run], as a stream of events. */
    fun stream(request: ChatRequest, isHeldToTools: Boolean = false): Flow<AgentEvent> =
        inTurn(events(request, isHeldToTools))

    private fun events(request: ChatRequest, isHeldToTools: Boolean): Flow<AgentEvent> = flow {
        var byCollector: Throwable? = null
        val emit: suspend (AgentEvent) -> Unit = {
            try {
                emit(it)
            } catch (e: LlmException) {
                byCollector = e
                throw e
            }
        }
        val call = AgentCall(request, isHeldToTools, { it === byCollector }, emit)
        emit(AgentEvent.Finished(call.run { streamed(it, emit) }))
    }

    private suspend fun streamed(request: ChatRequest, emit: suspend (AgentEvent) -> Unit): ChatResponse {
        var response: ChatResponse? = null
        model.stream(request).collect {
            when (it) {
                is ChatEvent.TextDelta -> emit(AgentEvent.TextDelta(it.text))
                is ChatEvent.ReasoningDelta -> emit(AgentEvent.ReasoningDelta(it.text))
                is ChatEvent.Finished -> response = it.response
            }
        }
        return checkNotNull(response) { "The stream of ${model.id} ended without a Finished event" }
    }

    /** One call of the agent. */
    private inner class AgentCall(
        private var request: ChatRequest,
        private val isHeldToTools: Boolean,
        private val isForeign: (LlmException) -> Boolean = { false },
        private val emit: suspend (AgentEvent) -> Unit,
    ) {
        private val promptSize = request.messages.size

        /** Tools that the agent offers but does not run: a call of one ends the rounds. */
        private val others = request.tools.mapTo(HashSet()) { it.name } - names
        private val runs = ArrayList<ToolRun>()
        private val ofTools = ToolUsage()
        private var usage: Usage? = null
        private var rounds = 0

        suspend fun run(ask: suspend (ChatRequest) -> ChatResponse): AgentResponse {
            val turn = checkNotNull(currentCoroutineContext()[OperationContext]).operation
            while (true) {
                val response = asked(ask)
                rounds++
                usage = sum(usage, response.usage())
                val isPaused = response.finishReason == FinishReason.PAUSED && response.toolCalls.isEmpty()
                if (!isPaused && !isToRun(response)) return AgentResponse(response, runs, said(), rounds, usage)
                if (rounds > maxRounds) throw limitPassed(response)
                request = if (isPaused) continued(response) else next(response, ran(response, turn))
            }
        }

        private suspend fun ran(response: ChatResponse, turn: Operation): List<ToolRun> {
            val results =
                try {
                    turn.whileOpen { runAll(response.toolCalls, turn) }
                } catch (e: CancellationException) {
                    Arrivals.report(e) { inTools(response) }
                    throw e
                } finally {
                    usage = sum(usage, ofTools.take())
                }
            runs += results
            return results
        }

        private suspend fun asked(ask: suspend (ChatRequest) -> ChatResponse): ChatResponse = try {
            ask(request)
        } catch (e: LlmException) {
            if (!isForeign(e)) e.partialUsage = sum(usage, e.partialUsage)
            throw e
        }

        /** Not if the response was cut off: its tool calls may be cut off too. */
        private fun isToRun(response: ChatResponse): Boolean = execution != ToolExecution.MANUAL &&
            response.toolCalls.isNotEmpty() &&
            response.finishReason != FinishReason.LENGTH &&
            response.finishReason != FinishReason.CONTENT_FILTER &&
            response.toolCalls.none { it.name in others }

        private suspend fun runAll(calls: List<ToolCall>, turn: Operation): List<ToolRun> {
            val run: suspend (ToolCall) -> ToolRun = { runner.run(it, rounds, ofTools + ToolContext(turn)) }
            if (execution == ToolExecution.SEQUENTIAL || calls.size == 1) {
                return calls.map { call ->
                    emit(AgentEvent.ToolStarted(call))
                    run(call).also { emit(AgentEvent.ToolFinished(it)) }
                }
            }
            calls.forEach { emit(AgentEvent.ToolStarted(it)) }
            val results = arrayOfNulls<ToolRun>(calls.size)
            asCompleted(calls) { run(it) }.collect {
                val ended = it.outcome.getOrThrow()
                results[it.index] = ended
                emit(AgentEvent.ToolFinished(ended))
            }
            return results.map { checkNotNull(it) }
        }

        /**
         * Drops a tool choice that forces a call: the model has made one, and could never respond with text otherwise.
         * Keeps it if the response itself is a tool call.
         */
        private fun next(response: ChatResponse, results: List<ToolRun>): ChatRequest = request.toBuilder()
            .messages(request.messages + response.toMessage() + results.map { it.toMessage() })
            .toolChoice(request.toolChoice?.takeIf { isHeldToTools || it == ToolChoice.NONE })
            .build()

        /** The model continues its last message, so that must be the last one in the request, unchanged. */
        private fun continued(response: ChatResponse): ChatRequest {
            val message = response.toMessage()
            val isNothing = message.content.isEmpty() && message.toolCalls.isEmpty()
            return if (isNothing) request else request.toBuilder().message(message).build()
        }

        /** The state to report if a timeout has cancelled the tools. */
        private fun inTools(response: ChatResponse) = Arrived(
            ErrorContext.builder().provider(model.id.provider).model(model.id.model).build(),
            "round $rounds was running its tools: " + response.toolCalls.joinToString { it.name },
            emptyList(),
            null,
            usage,
        )

        private fun said(): List<Message> = request.messages.drop(promptSize)

        private fun limitPassed(response: ChatResponse) = ToolLoopLimitException(
            "${model.id} called tools or paused in more than $maxRounds rounds: raise maxToolRounds, or see " +
                "toolRuns for the results of the tools",
            // The last tool calls have no results, so the history cannot include them; a pause needs no results.
            if (response.toolCalls.isEmpty()) continued(response).messages else request.messages,
            runs,
            response.toolCalls,
            ErrorContext.builder().provider(model.id.provider).model(model.id.model)
                .requestId(response.requestId).build(),
        ).also { it.partialUsage = usage }
    }
}
