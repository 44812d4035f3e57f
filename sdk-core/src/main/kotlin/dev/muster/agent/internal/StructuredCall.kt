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
    private val tries = ArrayList<AgentResponse>()

    /** The tool whose call ends a try. */
    val answerTool: String? get() = form.answerTool

    /** What the next try sends. */
    var request: ChatRequest = form.request
        private set

    /**
     * Runs [attempt] as often as it takes. A failure says what all tries have used.
     *
     * @throws StructuredOutputException where no answer has fitted
     */
    suspend fun run(attempt: suspend (ChatRequest) -> AgentResponse): StructuredResponse<T> {
        while (true) {
            val response =
                try {
                    attempt(request)
                } catch (e: LlmException) {
                    e.partialUsage = usageOf(tries + listOfNotNull(e.partialUsage))
                    throw e
                }
            take(response)?.let { return it }
        }
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
        return StructuredResponse(value, response, tries.size, usageOf(tries))
    }

    private fun askAgain(response: AgentResponse, raw: String, reason: String) {
        if (tries.size > retries) throw failure(raw, reason)
        val messages = request.messages + response.messages + form.mending(response.response, reason)
        request = request.toBuilder().messages(messages).build()
    }

    /** Why asking again would give the same; null where it need not. */
    private fun whyFinal(response: AgentResponse): String? = when (response.finishReason) {
        FinishReason.LENGTH -> "the token limit cut it: raise maxTokens"
        FinishReason.CONTENT_FILTER -> "the model or its provider refused"
        else -> null
    } ?: if (callsTools(response)) "it calls tools, which this agent does not run" else null

    private fun callsTools(response: AgentResponse): Boolean =
        response.response.toolCalls.let { calls -> calls.isNotEmpty() && calls.none { it.name == answerTool } }

    private fun failure(raw: String, reason: String): StructuredOutputException {
        val last = tries.last().response
        val context = ErrorContext.builder().provider(model.id.provider).model(model.id.model)
            .requestId(last.requestId).build()
        val message = "The answer of ${model.id} is no ${type.name}" +
            when (last.finishReason) {
                FinishReason.LENGTH -> ": the token limit cut it, raise maxTokens"
                FinishReason.CONTENT_FILTER -> ": the model or its provider refused"
                else -> ", in ${tries.size} tries: raw and reason say more"
            }
        return StructuredOutputException(message, context, raw, reason, tries.size)
            .also { it.partialUsage = usageOf(tries) }
    }

    /** Null where none has said. */
    private fun usageOf(items: List<HasUsage>): Usage? = items.mapNotNull { it.usage() }.reduceOrNull(Usage::plus)
}
