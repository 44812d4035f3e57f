package dev.muster.anthropic.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.StructuredOutputMode
import dev.muster.http.codec.CallIds
import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.provider.ProviderModel
import dev.muster.provider.StreamSink
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonObject

/** One model behind `/v1/messages`. */
internal class AnthropicChatModel(private val model: String, private val endpoint: ApiEndpoint) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, stream = false)
        val answer = endpoint.post(call)
        val message = endpoint.decode(call, answer.text, answer.requestId, NOT_A_MESSAGE, ::messageIn)
        val requestId = answer.requestId ?: message.requestId ?: message.id
        endpoint.failIfReported(call, message.error, requestId)
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
        PROVIDER_JSON.parseToJsonElement(text) as? JsonObject ?: throw SerializationException("Not a JSON object"),
    )

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, stream = true)
        val decoder = StreamDecoder(endpoint, call, sink, CallIds(request.messages))
        val isWhole = endpoint.events(call, decoder)
        if (isWhole || decoder.isFinished) decoder.end()
    }

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode = structuredOutput(model, request)

    private fun call(request: ChatRequest, stream: Boolean): ApiCall =
        endpoint.chatCall("/v1/messages", model, request) { RequestCodec(request, it).encode(model, stream) }
}
