package dev.muster.agent.internal

import dev.muster.agent.AgentResponse
import dev.muster.agent.OutputType
import dev.muster.agent.StructuredResponse
import dev.muster.chat.ChatModel
import dev.muster.chat.ChatRequest
import dev.muster.chat.FinishReason
import dev.muster.chat.HasUsage
import dev.muster.chat.Usage
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import dev.muster.error.StructuredOutputException

/** One question whose answer is to be a [type]: asked again, with what was wrong, while the answer does not fit. */
internal class StructuredCall<T>(
    private val model: ChatModel,
    request: ChatRequest,
    private val type: OutputType<T>,
    private val retries: Int,
) {
    private val form = AnswerForm.of(model, request, type)
    private val promptSize = form.request.messages.size
    private val tries = ArrayList<AgentResponse>()

    /** Whether the model is held to calls of tools, one of which is the answer. */
    val isHeldToTools: Boolean get() = form.answerTool != null

    /** What the next try sends. */
    var request: ChatRequest = form.request
        private set

    /**
     * Runs [attempt] as often as it takes.
     *
     * @throws StructuredOutputException where no answer has fitted
     */
    suspend fun run(attempt: suspend (ChatRequest, Boolean) -> AgentResponse): StructuredResponse<T> {
        while (true) {
            take(counted { attempt(request, isHeldToTools) })?.let { return it }
        }
    }

    /** Runs one try, whose failure says what all of them have used, unless it [isForeign]. */
    suspend fun counted(
        isForeign: (LlmException) -> Boolean = { false },
        attempt: suspend () -> AgentResponse,
    ): AgentResponse = try {
        attempt()
    } catch (e: LlmException) {
        if (!isForeign(e)) e.partialUsage = usageOf(tries + listOfNotNull(e.partialUsage))
        throw e
    }

    /** What [response] says, or null where it does not fit and [request] now asks again. */
    fun take(response: AgentResponse): StructuredResponse<T>? {
        tries += response
        val raw = form.rawOf(response.response)
        whyFinal(response)?.let { throw failure(raw, it) }
        val value =
            try {
                type.decode(raw)
            } catch (e: IllegalArgumentException) {
                askAgain(response, raw, e.message ?: "it does not fit the schema")
                return null
            }
        return StructuredResponse(value, whole(response, raw), tries.size)
    }

    private fun askAgain(response: AgentResponse, raw: String, reason: String) {
        if (tries.size > retries) throw failure(raw, reason)
        val messages = request.messages + response.messages + form.mending(response.response, reason)
        request = request.toBuilder().messages(messages).build()
    }

    /** All tries as one answer, whose text is the JSON, by whichever way it came. */
    private fun whole(last: AgentResponse, raw: String): AgentResponse {
        val answer =
            if (!isHeldToTools) {
                last.response
            } else {
                last.response.toBuilder().text(raw).toolCalls(emptyList())
                    .finish(FinishReason.STOP, last.response.rawFinishReason).build()
            }
        val said = request.messages.drop(promptSize) + last.said
        return AgentResponse(answer, tries.flatMap { it.toolRuns }, said, tries.sumOf { it.rounds }, usageOf(tries))
    }

    /** Why asking again would give the same; null where it need not. */
    private fun whyFinal(response: AgentResponse): String? = when {
        response.finishReason == FinishReason.LENGTH -> "the token limit cut it: raise maxTokens"
        response.finishReason == FinishReason.CONTENT_FILTER -> "the model or its provider refused"
        callsTools(response) -> "it calls tools that this agent does not run"
        else -> null
    }

    private fun callsTools(response: AgentResponse): Boolean =
        response.response.toolCalls.let { calls -> calls.isNotEmpty() && calls.none { it.name == form.answerTool } }

    private fun failure(raw: String, reason: String): StructuredOutputException {
        val last = tries.last()
        val context = ErrorContext.builder().provider(model.id.provider).model(model.id.model)
            .requestId(last.response.requestId).build()
        val why = whyFinal(last) ?: "raw and reason say why, after ${tries.size} tries"
        val message = "The answer of ${model.id} is no ${type.name}: $why"
        return StructuredOutputException(message, context, raw, reason, tries.size)
            .also { it.partialUsage = usageOf(tries) }
    }

    /** Null where none has said. */
    private fun usageOf(items: List<HasUsage>): Usage? = items.mapNotNull { it.usage() }.reduceOrNull(Usage::plus)
}
