package dev.muster.samples.kotlin.provider

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.ModelId
import dev.muster.chat.Usage
import dev.muster.error.ErrorContext
import dev.muster.error.InvalidRequestException
import dev.muster.http.codec.Fields
import dev.muster.http.codec.JsonWriter
import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.codec.SseEvent
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.EndpointSpec
import dev.muster.http.endpoint.ErrorCodes
import dev.muster.http.endpoint.EventDecoder
import dev.muster.provider.CollectedResponse
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderModel
import dev.muster.provider.ProviderSession
import dev.muster.provider.ProviderVariables
import dev.muster.provider.StreamSink
import kotlinx.serialization.json.JsonObject

/*
 * The provider of docs/providers.md, for an API that does not exist.
 */

class TinyProvider : ModelProvider {
    override val ids: Set<String> get() = setOf("tiny")

    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession {
        val endpoint = specOf(id).open(id, config, context)
        return object : ProviderSession {
            override fun chatModel(id: ModelId): ProviderModel = TinyChatModel(id.model, endpoint)
        }
    }

    override fun variables(id: String): ProviderVariables = specOf(id).variables

    private fun specOf(id: String) = if (id == "tiny") API else API.custom(id)

    private companion object {
        val API = EndpointSpec.builder()
            .url("https://api.tiny.example/v1")
            .variables("tiny")
            .keyHeader("x-tiny-key")
            .trimEndings("/chat")
            .codes(ErrorCodes(quota = setOf("no_credit"), contextLength = setOf("too_long")))
            .build()
    }
}

class TinyChatModel(private val model: String, private val endpoint: ApiEndpoint) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, stream = false)
        val answer = endpoint.post(call)
        val collected = CollectedResponse()
        if (!TinyDecoder(endpoint, call, collected).read(answer.text, answer.requestId)) {
            throw endpoint.malformed(call, "the response has no end", answer.text, answer.requestId)
        }
        return collected.response().requestId(answer.requestId).rawJson(answer.text)
    }

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, stream = true)
        endpoint.events(call, TinyDecoder(endpoint, call, sink))
    }

    private fun call(request: ChatRequest, stream: Boolean): ApiCall =
        endpoint.chatCall("/chat", model, request) { encode(request, stream, it) }

    private fun encode(request: ChatRequest, stream: Boolean, context: ErrorContext): ByteArray {
        if (request.tools.isNotEmpty()) {
            throw InvalidRequestException("tiny::$model: the API has no tools: remove them", context)
        }
        return JsonWriter().obj {
            name("model").value(model)
            name("messages").array {
                request.messages.forEach { message ->
                    obj {
                        name("role").value(message.role.name.lowercase())
                        name("text").value(message.text)
                    }
                }
            }
            request.maxTokens?.let { name("limit").any(it) }
            name("stream").any(stream)
            request.extra.forEach { (name, value) -> name(name).any(value) }
        }.toByteArray()
    }
}

class TinyDecoder(private val endpoint: ApiEndpoint, private val call: ApiCall, sink: StreamSink) :
    EventDecoder(sink) {
    override suspend fun take(event: SseEvent): Boolean = read(event.data, requestId)

    /** Reads an event, or a whole response, which has the fields of all events. Returns whether it is the last one. */
    suspend fun read(json: String, requestId: String?): Boolean {
        val body = endpoint.decode(call, json, requestId, "cannot parse the response") {
            PROVIDER_JSON.decodeFromString(JsonObject.serializer(), it)
        }
        endpoint.failIfReported(call, body["error"], requestId)
        sink.text(Fields.text(body["text"]).orEmpty())
        val end = Fields.text(body["end"]) ?: return false
        val used = body["used"] as? JsonObject
        if (used != null) sink.usage(Usage(Fields.count(used["in"]), Fields.count(used["out"])))
        sink.finish(if (end == "limit") FinishReason.LENGTH else FinishReason.STOP, end)
        return true
    }
}
