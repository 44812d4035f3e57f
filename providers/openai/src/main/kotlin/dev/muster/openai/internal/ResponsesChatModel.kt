package dev.muster.openai.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.StructuredOutputMode
import dev.muster.chat.ToolCall
import dev.muster.http.ApiCall
import dev.muster.http.ErrorBody
import dev.muster.spi.ProviderModel
import dev.muster.spi.StreamSink

/** One model behind `/responses`. */
internal class ResponsesChatModel(private val model: String, private val endpoint: OpenAiEndpoint) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, stream = false)
        val answer = endpoint.http.post(call)
        val name = "a response"
        val response = endpoint.decode(call, WireResponse.serializer(), answer.text, answer.requestId, name)
        val requestId = answer.requestId ?: response.id
        endpoint.failIfFailed(call, response, requestId)
        val items = response.output
        if (items == null || !response.isOver) {
            val why = if (items == null) "the answer has no output" else "the response is not over"
            throw endpoint.http.malformed(call, why, answer.text, requestId)
        }
        val thoughts = items.filter { it.isReasoning }
        val calls = items.filter { it.isFunctionCall }
        return ChatResponse
            .builder()
            .text(items.filter { it.isMessage }.joinToString("") { it.text })
            .reasoning(
                thoughts.map {
                    it.reasoning
                }.filter { it.isNotEmpty() }.joinToString(PARAGRAPH).ifEmpty { null },
            )
            .reasoningParts(partsToKeep(items))
            .toolCalls(calls.map { it.toToolCall() })
            .finish(response.finish(calls.isNotEmpty()), response.rawFinish)
            .usage(response.usage?.toUsage())
            .requestId(requestId)
            .model(response.model.orEmpty())
            .rawJson(answer.text)
    }

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, stream = true)
        endpoint.http.events(call, ResponsesStream(call, endpoint, sink))
    }

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode =
        endpoint.structuredOutput(model, request)

    private fun call(request: ChatRequest, stream: Boolean): ApiCall =
        endpoint.call("/responses", model, request) { encodeResponses(model, it, stream) }

    private fun OutputItem.toToolCall() =
        ToolCall(callId ?: id.orEmpty(), name.orEmpty(), arguments.jsonText().ifBlank { "{}" })
}

/** Throws where [response] reports a failure. */
internal fun OpenAiEndpoint.failIfFailed(call: ApiCall, response: WireResponse, requestId: String?) {
    failIfReported(call, response.error, requestId)
    if (response.status == "failed") throw http.failureInStream(call, ErrorBody(null, null, null), requestId)
}
