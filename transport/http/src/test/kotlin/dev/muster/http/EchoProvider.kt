package dev.muster.http

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.ModelId
import dev.muster.http.codec.SseEvent
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.EndpointSpec
import dev.muster.http.endpoint.ErrorBody
import dev.muster.http.endpoint.EventDecoder
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderModel
import dev.muster.provider.ProviderSession
import dev.muster.provider.StreamSink
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject

/** The smallest codec: a response is `{"text": …}`, an event too, and the last event is `[DONE]`. */
internal class EchoProvider : ModelProvider {
    override val ids: Set<String> get() = setOf("echo")

    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession {
        val endpoint = API.open(id, config, context)
        return object : ProviderSession {
            override fun chatModel(id: ModelId): ProviderModel = Model(endpoint)
        }
    }

    private class Model(private val endpoint: ApiEndpoint) : ProviderModel {
        override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
            val call = apiCall()
            val answer = endpoint.post(call)
            return ChatResponse.builder().text(text(call, answer.text, answer.requestId)).model("m")
        }

        override suspend fun stream(request: ChatRequest, sink: StreamSink) {
            val call = apiCall()
            endpoint.events(call, EchoDecoder(call, sink))
        }

        private inner class EchoDecoder(private val call: ApiCall, sink: StreamSink) : EventDecoder(sink) {
            override suspend fun take(event: SseEvent): Boolean {
                val isEnd = event.data == "[DONE]"
                if (isEnd) sink.finish(FinishReason.STOP, null) else sink.text(text(call, event.data, requestId))
                return isEnd
            }
        }

        private fun text(call: ApiCall, json: String, requestId: String?): String {
            val answer =
                try {
                    Json.parseToJsonElement(json).jsonObject
                } catch (_: SerializationException) {
                    null
                } catch (_: IllegalArgumentException) {
                    null
                }
            answer?.let(ErrorBody::of)?.let { throw endpoint.failureInStream(call, it, requestId) }
            return (answer?.get("text") as? JsonPrimitive)?.content
                ?: throw endpoint.malformed(call, "the answer is not the JSON of an echo", json, requestId)
        }
    }

    private companion object {
        val API: EndpointSpec = EndpointSpec.builder().url("http://127.0.0.1:1").variables("echo").build()
    }
}
