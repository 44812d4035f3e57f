package dev.muster.anthropic.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.StructuredOutputMode
import dev.muster.error.ErrorContext
import dev.muster.error.StreamTruncatedException
import dev.muster.http.ApiCall
import dev.muster.http.ApiEndpoint
import dev.muster.http.CallIds
import dev.muster.http.EndpointSettings
import dev.muster.http.ErrorBody
import dev.muster.provider.ProviderModel
import dev.muster.provider.StreamSink
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonObject

/** One model behind `/v1/messages`. */
internal class AnthropicChatModel(
    private val provider: String,
    private val model: String,
    /** The settings if they lack a key; null if a request can be authenticated. */
    private val lacking: EndpointSettings?,
    private val endpoint: ApiEndpoint,
) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, stream = false)
        val answer = endpoint.post(call)
        val message = endpoint.read(call, answer.text, answer.requestId) { messageIn(answer.text) }
        val requestId = answer.requestId ?: message.requestId ?: message.id
        message.error?.let { throw endpoint.failureInStream(call, ErrorBody.ofError(it), requestId) }
        val content =
            message.content ?: throw endpoint.malformed(call, "the response has no content", answer.text, requestId)
        val builder = responseOf(content, message.container, CallIds(request.messages))
            .finish(finishReason(message.stopReason), message.stopReason)
            .usage(message.usage?.toUsage())
            .requestId(requestId)
            .rawJson(answer.text)
        message.model?.let(builder::model)
        return builder
    }

    private fun messageIn(text: String): WireMessage = WireMessage(
        WIRE_JSON.parseToJsonElement(text) as? JsonObject ?: throw SerializationException("Not a JSON object"),
    )

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, stream = true)
        val decoder = StreamDecoder(endpoint, call, sink, CallIds(request.messages))
        val isWhole =
            try {
                endpoint.events(call, decoder)
            } catch (e: StreamTruncatedException) {
                // The stop reason has arrived, so the response is complete. At most its end marker is missing.
                if (!decoder.isFinished) throw e
                false
            }
        if (isWhole || decoder.isFinished) decoder.end()
    }

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode = structuredOutput(model, request)

    private fun call(request: ChatRequest, stream: Boolean): ApiCall {
        if (lacking != null) throw lacking.missingKey(model)
        val context = ErrorContext.builder().provider(provider).model(model).build()
        return ApiCall("/v1/messages", model, RequestCodec(request, context).encode(model, stream)) {
            request.messages.flatMap { message -> message.toolCalls.map { it.arguments } + message.text }
        }
    }
}
