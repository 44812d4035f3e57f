package dev.muster.samples.kotlin.provider

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ModelId
import dev.muster.chat.ToolDefinition
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
        val lacking = when {
            request.reasoning != null -> "reasoning settings"
            request.responseFormat != null -> "schemas"
            request.toolChoice != null || request.parallelToolCalls != null -> "choice of tools"
            request.messages.any { it.content.any { part -> part is ContentPart.Media } } -> "images and documents"
            "stream" in request.extra -> "field 'stream' in extra"
            else -> null
        }
        if (lacking != null) throw InvalidRequestException("tiny::$model: the API has no $lacking", context)
        val body = linkedMapOf<String, Any?>("model" to model, "messages" to request.messages.map { messageOf(it) })
        if (request.tools.isNotEmpty()) body["tools"] = request.tools.map { toolOf(it) }
        request.temperature?.let { body["temperature"] = it }
        request.topP?.let { body["top_p"] = it }
        request.maxTokens?.let { body["limit"] = it }
        request.seed?.let { body["seed"] = it }
        if (request.stop.isNotEmpty()) body["stop"] = request.stop
        body["stream"] = stream
        return JsonWriter().any(body + request.extra).toByteArray()
    }

    private fun messageOf(message: Message): Map<String, Any> = buildMap {
        put("role", message.role.name.lowercase())
        put("text", message.text)
        val calls = message.toolCalls.map { mapOf("id" to it.id, "tool" to it.name, "args" to it.arguments) }
        if (calls.isNotEmpty()) put("calls", calls)
        message.toolCallId?.let { put("call", it) }
    }

    private fun toolOf(tool: ToolDefinition): Map<String, Any> =
        mapOf("name" to tool.name, "about" to tool.description, "schema" to tool.parameters)
}

class TinyDecoder(private val endpoint: ApiEndpoint, private val call: ApiCall, sink: StreamSink) :
    EventDecoder(sink) {
    private var calls = 0

    override suspend fun take(event: SseEvent): Boolean = read(event.data, requestId)

    /** Reads an event, or a whole response, which has the fields of all events. Returns whether it is the last one. */
    suspend fun read(json: String, requestId: String?): Boolean {
        val body = endpoint.decode(call, json, requestId, "cannot parse the response") {
            PROVIDER_JSON.decodeFromString(JsonObject.serializer(), it)
        }
        endpoint.failIfReported(call, body["error"], requestId)
        Fields.text(body["thinking"])?.let { sink.reasoning(it) }
        Fields.text(body["text"])?.let { sink.text(it) }
        Fields.objects(body["calls"]).forEach {
            sink.toolCall(calls++, Fields.text(it["id"]), Fields.text(it["tool"]), Fields.text(it["args"]).orEmpty())
        }
        Fields.text(body["model"])?.let { sink.model(it) }
        val end = Fields.text(body["end"]) ?: return false
        val used = body["used"] as? JsonObject
        if (used != null) sink.usage(Usage(Fields.count(used["in"]), Fields.count(used["out"])))
        sink.finish(REASONS[end] ?: FinishReason.OTHER, end)
        return true
    }

    private companion object {
        val REASONS = mapOf(
            "stop" to FinishReason.STOP,
            "limit" to FinishReason.LENGTH,
            "calls" to FinishReason.TOOL_CALLS,
        )
    }
}
