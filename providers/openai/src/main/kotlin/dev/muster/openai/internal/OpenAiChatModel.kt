package dev.muster.openai.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.StructuredOutputMode
import dev.muster.http.endpoint.ApiCall
import dev.muster.provider.CollectedResponse
import dev.muster.provider.ProviderModel
import dev.muster.provider.StreamSink

/** One model behind `/chat/completions`. */
internal class OpenAiChatModel(private val model: String, private val endpoint: OpenAiEndpoint) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, stream = false)
        val answer = endpoint.http.post(call)
        val collected = CollectedResponse()
        val decoder = ChatDecoder(call, endpoint, request, collected)
        decoder.identify(answer.requestId)
        if (isEventStream(answer.text)) decoder.stream(answer.text) else decoder.whole(answer.text)
        return collected.response().rawJson(answer.text)
    }

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, stream = true)
        val decoder = ChatDecoder(call, endpoint, request, sink)
        endpoint.http.events(call, decoder)
        decoder.end()
    }

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode =
        endpoint.structuredOutput(model, request)

    private fun call(request: ChatRequest, stream: Boolean): ApiCall =
        endpoint.call("/chat/completions", model, request) { encodeChat(model, it, stream) }
}
