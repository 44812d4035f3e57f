package dev.muster.ollama.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.StructuredOutputMode
import dev.muster.chat.ToolCall
import dev.muster.http.codec.CallIds
import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.ErrorBody
import dev.muster.provider.ProviderModel
import dev.muster.provider.StreamSink

/** One model behind `/api/chat`. */
internal class OllamaChatModel(private val model: String, private val endpoint: ApiEndpoint) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, stream = false)
        val answer = endpoint.post(call)
        val lines = linesOf(answer.text).map { decode(call, it, answer.requestId) }
        val line = lines.last()
        val messages = lines.mapNotNull { it.message }
        if (line.done == false || (messages.isEmpty() && !line.isLoading)) {
            throw endpoint.malformed(call, "the response has no complete message", answer.text, answer.requestId)
        }
        val ids = CallIds(request.messages)
        val toolCalls =
            messages.flatMap { toolCalls(call, it, answer.text, answer.requestId) }.map {
                ToolCall(ids.of(it.givenId), it.name, it.arguments.ifBlank { "{}" })
            }
        val text = messages.joinToString("") { it.content.orEmpty() }
        val thinking = messages.joinToString("") { it.thinking.orEmpty() }
        failIfOnlyLoaded(call, line, text.isEmpty() && thinking.isEmpty() && toolCalls.isEmpty(), answer.requestId)
        val builder =
            ChatResponse
                .builder()
                .text(text)
                .reasoning(thinking.ifEmpty { null })
                .reasoningParts(partsToKeep(thinking, toolCalls.isNotEmpty()))
                .toolCalls(toolCalls)
                .finish(finishReason(line.doneReason, toolCalls.isNotEmpty()), line.doneReason)
                .usage(line.usage)
                .requestId(answer.requestId)
                .rawJson(answer.text)
        line.model?.let(builder::model)
        return builder
    }

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, stream = true)
        val decoder = StreamDecoder(sink, CallIds(request.messages))
        endpoint.lines(call, decoder::started) { decoder.take(call, it) }
    }

    /** With a schema, the model can write nothing else, so it cannot call a tool. */
    override fun structuredOutput(request: ChatRequest): StructuredOutputMode =
        if (request.tools.isEmpty()) StructuredOutputMode.NATIVE else StructuredOutputMode.INSTRUCTION

    private fun call(request: ChatRequest, stream: Boolean): ApiCall =
        endpoint.chatCall("/api/chat", model, request) { RequestCodec(request, it).encode(model, stream) }

    /** Models that think between tool calls continue from their thinking. For other responses it is not kept. */
    private fun partsToKeep(thinking: String, callsTools: Boolean): List<ContentPart.Reasoning> =
        if (callsTools && thinking.isNotEmpty()) {
            listOf(ContentPart.Reasoning(thinking, null, REASONING_FORM))
        } else {
            emptyList()
        }

    /** Returns the lines of [text], usually one: some gateways always stream. */
    private fun linesOf(text: String): List<String> =
        if ("}\n{" in text) text.split('\n').filter { it.isNotBlank() } else listOf(text)

    /** Throws if the model was only loaded and generated nothing. The next attempt may find it loaded. */
    private fun failIfOnlyLoaded(call: ApiCall, line: ChatLine, saysNothing: Boolean, requestId: String?) {
        if (!saysNothing || !line.isLoading) return
        val error = ErrorBody(line.doneReason, null, "the model was only loaded or unloaded and generated nothing")
        throw endpoint.failureInStream(call, error, requestId)
    }

    private fun toolCalls(call: ApiCall, message: WireMessage, text: String, requestId: String?) = try {
        message.toolCalls
    } catch (_: IllegalArgumentException) {
        // Without its cause, whose message repeats the response.
        throw endpoint.malformed(call, "cannot parse a tool call", text, requestId)
    }

    private fun decode(call: ApiCall, text: String, requestId: String?): ChatLine {
        val line = endpoint.decode(call, text, requestId, "cannot parse the response as Ollama's chat format") {
            PROVIDER_JSON.decodeFromString(ChatLine.serializer(), it)
        }
        endpoint.failIfReported(call, line.error, requestId)
        return line
    }

    /** Decodes one stream. */
    private inner class StreamDecoder(private val sink: StreamSink, private val ids: CallIds) {
        private var requestId: String? = null
        private var modelSeen = false
        private var toolCalls = 0
        private var saysSomething = false
        private val thinking = StringBuilder()

        fun started(requestId: String?) {
            this.requestId = requestId
            requestId?.let(sink::requestId)
        }

        /** Decodes one line; returns whether the response is complete. */
        suspend fun take(call: ApiCall, text: String): Boolean {
            val line = decode(call, text, requestId)
            if (!modelSeen && !line.model.isNullOrEmpty()) {
                modelSeen = true
                sink.model(line.model)
            }
            line.message?.let { message ->
                take(message)
                toolCalls(call, message, text, requestId).forEach { take(it) }
            }
            if (line.done != true) return false
            failIfOnlyLoaded(call, line, !saysSomething, requestId)
            line.usage?.let(sink::usage)
            partsToKeep(thinking.toString(), toolCalls > 0).forEach(sink::reasoningPart)
            sink.finish(finishReason(line.doneReason, toolCalls > 0), line.doneReason)
            return true
        }

        private suspend fun take(message: WireMessage) {
            if (!message.thinking.isNullOrEmpty()) {
                saysSomething = true
                thinking.append(message.thinking)
                sink.reasoning(message.thinking)
            }
            if (!message.content.isNullOrEmpty()) {
                saysSomething = true
                sink.text(message.content)
            }
        }

        // Each call arrives in one piece.
        private suspend fun take(call: WireToolCall) {
            saysSomething = true
            sink.toolCall(toolCalls++, ids.of(call.givenId), call.name, call.arguments)
        }
    }
}
