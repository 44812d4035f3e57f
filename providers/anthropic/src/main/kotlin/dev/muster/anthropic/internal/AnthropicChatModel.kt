package dev.muster.anthropic.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.StructuredOutputMode
import dev.muster.error.ErrorContext
import dev.muster.http.ApiCall
import dev.muster.http.ApiEndpoint
import dev.muster.http.EndpointSettings
import dev.muster.http.ErrorBody
import dev.muster.http.EventDecoder
import dev.muster.http.Place
import dev.muster.http.SseEvent
import dev.muster.http.TextFrame
import dev.muster.spi.ProviderModel
import dev.muster.spi.StreamSink
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.SerializationException

/** One model behind `/v1/messages`. */
internal class AnthropicChatModel(
    private val provider: String,
    private val model: String,
    /** The settings that lack a key, or null where nothing is lacking. */
    private val lacking: EndpointSettings?,
    private val endpoint: ApiEndpoint,
) : ProviderModel {
    override suspend fun chat(request: ChatRequest): ChatResponse.Builder {
        val call = call(request, stream = false)
        val answer = endpoint.post(call)
        val message = decode(WireMessage.serializer(), call, answer.text, answer.requestId)
        val requestId = answer.requestId ?: message.requestId ?: message.id
        message.error.orNull()?.let { throw endpoint.failureInStream(call, ErrorBody.ofError(it), requestId) }
        val content =
            message.content ?: throw endpoint.malformed(call, "the answer has no content", answer.text, requestId)
        val builder =
            ChatResponse
                .builder()
                .text(content.joinToString("") { it.text.orEmpty() })
                .reasoning(content.joinToString("") { it.thinking.orEmpty() }.ifEmpty { null })
                .reasoningParts(thinkingIn(content))
                .toolCalls(content.filter { it.isToolCall }.map { it.toToolCall() })
                .finish(finishReason(message.stopReason), message.stopReason)
                .usage(message.usage?.toUsage())
                .requestId(requestId)
                .rawJson(answer.text)
        message.model?.let(builder::model)
        return builder
    }

    override suspend fun stream(request: ChatRequest, sink: StreamSink) {
        val call = call(request, stream = true)
        endpoint.events(call, StreamDecoder(call, sink))
    }

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode = structuredOutput(model, request)

    private fun call(request: ChatRequest, stream: Boolean): ApiCall {
        if (lacking != null) throw lacking.missingKey(model)
        val context = ErrorContext.builder().provider(provider).model(model).build()
        return ApiCall("/v1/messages", model, RequestCodec(request, context).encode(model, stream)) {
            request.messages.flatMap { message -> message.toolCalls.map { it.arguments } + message.text }
        }
    }

    private fun <T> decode(form: DeserializationStrategy<T>, call: ApiCall, text: String, requestId: String?): T = try {
        WIRE_JSON.decodeFromString(form, text)
    } catch (_: SerializationException) {
        // Without its cause, whose message repeats the answer.
        throw endpoint.malformed(call, "the answer is not the JSON of a message", text, requestId)
    }

    /** Takes one stream apart. */
    private inner class StreamDecoder(private val call: ApiCall, sink: StreamSink) : EventDecoder(sink) {
        private val frame = TextFrame("text")
        private var usage = WireUsage()
        private var stopReason: String? = null

        /** The blocks that are calls of our tools; those that the provider runs itself have inputs too. */
        private val toolCalls = HashSet<Int>()

        /** The input that stood in the start of the tool call under way: some endpoints send it there at once. */
        private var inputAtStart: String? = null

        /** The block of thinking under way; blocks come one after another. */
        private var thinking: StringBuilder? = null
        private var thinkingPlace = Place()
        private var signature: String? = null

        /** The length of the text so far. */
        private var said = 0

        override fun textOf(event: SseEvent): String? = frame.textOf(event)?.also { said += it.length }

        override suspend fun take(event: SseEvent): Boolean {
            val data = event.data
            if (data.isBlank()) return false
            val wire = decode(WireEvent.serializer(), call, data, requestId)
            if (event.name == "error" || wire.isError) {
                throw endpoint.failureInStream(call, ErrorBody.parse(data), requestId ?: wire.requestId)
            }
            take(wire)
            wire.onlyText?.let { frame.learn(event, it) }
            return wire.type == "message_stop"
        }

        private suspend fun take(event: WireEvent) {
            when (event.type) {
                "message_start" -> event.message?.let(::begin)
                "content_block_start" -> event.block?.let { beginBlock(event.index, it) }
                "content_block_delta" -> event.delta?.let { take(event.index, it) }
                "content_block_stop" -> endBlock(event.index)
                "message_delta" -> event.delta?.stopReason?.let { stopReason = it }
                "message_stop" -> sink.finish(finishReason(stopReason), stopReason)
            }
            event.usage?.let(::count)
        }

        private fun begin(message: WireMessage) {
            message.model?.let(sink::model)
            identify(message.id)
            message.stopReason?.let { stopReason = it }
            message.usage?.let(::count)
        }

        private suspend fun beginBlock(index: Int, block: Block) {
            block.text?.let { text(it) }
            if (block.isThinking) {
                thinking = StringBuilder(block.thinking.orEmpty())
                thinkingPlace = here()
                signature = block.signature?.ifEmpty { null }
                sink.reasoning(block.thinking.orEmpty())
            }
            if (block.isRedacted) block.toReasoning(here())?.let(sink::reasoningPart)
            if (block.isToolCall) {
                toolCalls += index
                sink.toolCall(index, block.id, block.name, "")
                inputAtStart = block.arguments
            }
        }

        private suspend fun take(index: Int, delta: Delta) {
            delta.text?.let { text(it) }
            delta.thinking?.let {
                thinking?.append(it)
                sink.reasoning(it)
            }
            delta.signature?.let { signature = signature.orEmpty() + it }
            val input = delta.partialJson.orEmpty()
            if (input.isNotEmpty() && index in toolCalls) {
                inputAtStart = null
                toolInput(index, input)
            }
        }

        private suspend fun endBlock(index: Int) {
            inputAtStart?.let { toolInput(index, it) }
            inputAtStart = null
            thinking?.let { sink.reasoningPart(thinkingPart(it.toString(), signature, thinkingPlace)) }
            thinking = null
        }

        private suspend fun text(text: String) {
            said += text.length
            sink.text(text)
        }

        private fun here() = Place(said, toolCalls.size)

        private suspend fun toolInput(index: Int, json: String) = sink.toolCall(index, null, null, json)

        private fun count(figures: WireUsage) {
            usage = usage.updatedBy(figures)
            sink.usage(usage.toUsage())
        }
    }
}
