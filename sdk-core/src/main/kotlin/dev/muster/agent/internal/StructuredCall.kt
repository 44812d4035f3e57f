package dev.muster.agent.internal

import dev.muster.agent.AgentResponse
import dev.muster.agent.OutputType
import dev.muster.agent.StructuredResponse
import dev.muster.chat.ChatRequest
import dev.muster.chat.FinishReason
import dev.muster.chat.HasUsage
import dev.muster.chat.Usage
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import dev.muster.error.StructuredOutputException
import dev.muster.model.ChatModel

/** One call for an object of [type]. Asks again, with the validation error, while the response is not valid. */
internal class StructuredCall<T>(
    private val model: ChatModel,
    request: ChatRequest,
    private val type: OutputType<T>,
    private val retries: Int,
) {
    private val typed = StructuredRequest.of(model, request, type)
    private val promptSize = typed.request.messages.size
    private val tries = ArrayList<AgentResponse>()

    /** Whether the model must call a tool, because a tool call is the response. */
    val isHeldToTools: Boolean get() = typed.answerTool != null

    /** The request of the next try. */
    var request: ChatRequest = typed.request
        private set

    /**
     * Runs [attempt] until a response is valid.
     *
     * @throws StructuredOutputException if no response was valid
     */
    suspend fun run(attempt: suspend (ChatRequest, Boolean) -> AgentResponse): StructuredResponse<T> {
        while (true) {
            take(counted { attempt(request, isHeldToTools) })?.let { return it }
        }
    }

    /** Runs one try. Sets the usage of a failure to that of all tries, unless it [isForeign]. */
    suspend fun counted(
        isForeign: (LlmException) -> Boolean = { false },
        attempt: suspend () -> AgentResponse,
    ): AgentResponse = try {
        attempt()
    } catch (e: LlmException) {
        if (!isForeign(e)) e.partialUsage = usageOf(tries + listOfNotNull(e.partialUsage))
        throw e
    }

    /** Returns the object in [response], or null if it is not valid; [request] then asks the model again. */
    fun take(response: AgentResponse): StructuredResponse<T>? {
        tries += response
        val raw = typed.rawOf(response.response)
        whyFinal(response)?.let { throw failure(raw, it) }
        val value =
            try {
                type.decode(raw)
            } catch (e: IllegalArgumentException) {
                askAgain(response, raw, e.message ?: "it does not match the schema")
                return null
            }
        return StructuredResponse(value, whole(response, raw), tries.size)
    }

    private fun askAgain(response: AgentResponse, raw: String, reason: String) {
        if (tries.size > retries) throw failure(raw, reason)
        val messages = request.messages + response.messages + typed.mending(response.response, reason)
        request = request.toBuilder().messages(messages).build()
    }

    /** Combines all tries into one response, whose text is the JSON, even if it came as a tool call. */
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

    /** Returns the reason why asking again would not help, or null. */
    private fun whyFinal(response: AgentResponse): String? = when {
        response.finishReason == FinishReason.LENGTH -> "the token limit cut off the response: raise maxTokens"
        response.finishReason == FinishReason.CONTENT_FILTER -> "the model or its provider refused to answer"
        callsTools(response) -> "the response calls tools that this agent does not run"
        else -> null
    }

    private fun callsTools(response: AgentResponse): Boolean =
        response.response.toolCalls.let { calls -> calls.isNotEmpty() && calls.none { it.name == typed.answerTool } }

    private fun failure(raw: String, reason: String): StructuredOutputException {
        val last = tries.last()
        val context = ErrorContext.builder().provider(model.id.provider).model(model.id.model)
            .requestId(last.response.requestId).build()
        val attempts = if (tries.size == 1) "1 attempt" else "${tries.size} attempts"
        val why = whyFinal(last) ?: "see reason and raw of this exception"
        val message = "${model.id} did not return a valid ${type.name} after $attempts: $why"
        return StructuredOutputException(message, context, raw, reason, tries.size)
            .also { it.partialUsage = usageOf(tries) }
    }

    /** Null if no try reported its usage. */
    private fun usageOf(items: List<HasUsage>): Usage? = items.mapNotNull { it.usage }.reduceOrNull(Usage::plus)
}
