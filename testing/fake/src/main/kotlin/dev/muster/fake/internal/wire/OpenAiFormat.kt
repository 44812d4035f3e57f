package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.net.HttpStatus

/**
 * OpenAI's chat completions, embeddings and list of models, under `/v1` with any prefix: `/groq/v1`,
 * `/azure/openai/v1` and so on.
 */
internal object OpenAiFormat : OpenAiFamily(), EmbeddingFormat {
    override fun route(path: String, header: (String) -> String?): Route? = when {
        path.endsWith(CHAT) -> Route.CHAT
        path.endsWith(EMBEDDINGS) -> Route.EMBEDDINGS
        path.endsWith(MODELS) -> Route.MODELS
        else -> null
    }

    override fun method(path: String): String = listOf(CHAT, EMBEDDINGS, MODELS).first { path.endsWith(it) }

    override fun violation(body: JsonNode, extra: Set<String>, request: HttpRequest): Violation? =
        if (request.path.endsWith(EMBEDDINGS)) {
            openAiEmbeddings.allowing(extra).violation(body, "")
        } else {
            val table = if (REASONING_CONTENT in extra) openAiChatWithReasoning else openAiChat
            table.allowing(extra).violation(body, "") ?: openAiCrossFields(body)
        }

    override fun read(body: JsonNode, request: HttpRequest): Asked =
        if (request.path.endsWith(EMBEDDINGS)) readOpenAiEmbeddings(body) else readChat(body)

    override fun embeddings(asked: Asked, answer: Answer, vectors: List<FloatArray>): ObjectNode =
        openAiEmbeddingList(asked, answer, vectors)

    private fun readChat(body: JsonNode) = Asked(
        model = body.text("model").orEmpty(),
        stream = body.path("stream").booleanValue(),
        messages =
        body.path("messages").map {
            AskedMessage(it.text("role").orEmpty(), contentText(it.path("content")), it.text("tool_call_id"))
        },
        tools = body.path("tools").mapNotNull { it.path("function").text("name") },
        maxTokens = body.int("max_completion_tokens") ?: body.int("max_tokens"),
        streamUsage = body.path("stream_options").path("include_usage").booleanValue(),
    )

    private fun contentText(content: JsonNode): String =
        if (content.isTextual) content.textValue() else content.mapNotNull { it.text("text") }.joinToString("")

    override fun whole(asked: Asked, answer: Answer): ObjectNode {
        val message = json.createObjectNode().put("role", "assistant")
        val text = answer.tokens.joinToString("")
        val silent = text.isEmpty() && (answer.toolCalls.isNotEmpty() || answer.refusal.isNotEmpty())
        if (silent) message.putNull("content") else message.put("content", text)
        if (answer.refusal.isEmpty()) {
            message.putNull(
                "refusal",
            )
        } else {
            message.put("refusal", answer.refusal.joinToString(""))
        }
        if (answer.reasoning.isNotEmpty()) message.put("reasoning_content", answer.reasoning.joinToString(""))
        if (answer.toolCalls.isNotEmpty()) {
            val calls = message.putArray("tool_calls")
            answer.toolCalls.forEach { call ->
                calls.addObject().put("id", call.id).put("type", "function").set<ObjectNode>("function", function(call))
            }
        }
        message.putArray("annotations")
        val node = envelope(answer, "chat.completion")
        val choice = node.putArray("choices").addObject().put("index", 0)
        choice.set<ObjectNode>("message", message.decorated(answer))
        choice.putNull("logprobs").put("finish_reason", answer.finishReason).decorated(answer)
        answer.usage?.let { node.set<ObjectNode>("usage", usage(it).decorated(answer)) }
        return node.put("service_tier", "default")
    }

    override fun frames(asked: Asked, answer: Answer): Iterator<Frame> = iterator {
        val first = json.createObjectNode().put("role", "assistant")
        if (answer.toolCalls.isEmpty()) first.put("content", "") else first.putNull("content")
        yield(chunk(asked, answer, FrameKind.OPEN, first.putNull("refusal")))
        for (piece in answer.reasoning) yield(delta(asked, answer, "reasoning_content", piece))
        for (piece in answer.tokens) yield(delta(asked, answer, "content", piece))
        for (piece in answer.refusal) yield(delta(asked, answer, "refusal", piece))
        answer.toolCalls.forEachIndexed { at, call ->
            for (delta in toolDeltas(at, call)) yield(chunk(asked, answer, FrameKind.TOKEN, delta))
        }
        yield(chunk(asked, answer, FrameKind.FINISH, json.createObjectNode(), answer.finishReason))
        if (asked.streamUsage && answer.usage != null) {
            val last = envelope(answer, "chat.completion.chunk")
            last.putArray("choices")
            last.set<ObjectNode>("usage", usage(answer.usage).decorated(answer))
            yield(Frame(FrameKind.TAIL, last.toString()))
        }
        yield(Frame(FrameKind.MARKER, "[DONE]"))
    }

    private fun delta(asked: Asked, answer: Answer, field: String, piece: String) =
        chunk(asked, answer, FrameKind.TOKEN, json.createObjectNode().put(field, piece))

    private fun chunk(
        asked: Asked,
        answer: Answer,
        kind: FrameKind,
        delta: ObjectNode,
        finish: String? = null,
    ): Frame {
        val node = envelope(answer, "chat.completion.chunk").put("service_tier", "default")
        val choice = node.putArray("choices").addObject().put("index", 0)
        choice.set<ObjectNode>("delta", delta.decorated(answer))
        choice.putNull("logprobs").put("finish_reason", finish).decorated(answer)
        if (asked.streamUsage) node.putNull("usage")
        return Frame(kind, node.toString())
    }

    /**
     * The first delta of a call contains its name. The others carry its arguments in two halves, as OpenAI streams
     * them.
     */
    private fun toolDeltas(at: Int, call: AnswerToolCall): List<ObjectNode> {
        val middle = call.arguments.length / 2
        val halves = listOf(call.arguments.substring(0, middle), call.arguments.substring(middle)).filter {
            it.isNotEmpty()
        }
        val head = toolDelta { it.put("index", at).put("id", call.id).put("type", "function") }
        (
            head.path(
                "tool_calls",
            ).path(0) as ObjectNode
            ).putObject("function").put("name", call.name).put("arguments", "")
        return listOf(head) +
            halves.map { half -> toolDelta { it.put("index", at).putObject("function").put("arguments", half) } }
    }

    private fun toolDelta(fill: (ObjectNode) -> Unit): ObjectNode {
        val delta = json.createObjectNode()
        fill(delta.putArray("tool_calls").addObject())
        return delta
    }

    private fun function(call: AnswerToolCall) =
        json.createObjectNode().put("name", call.name).put("arguments", call.arguments)

    private fun envelope(answer: Answer, type: String): ObjectNode = json
        .createObjectNode()
        .put("id", "chatcmpl-${answer.serial}")
        .put("object", type)
        .put("created", now())
        .put("model", answer.model)
        .put("system_fingerprint", "fp_fake")
        .decorated(answer)

    private fun usage(usage: AnswerUsage): ObjectNode {
        val node =
            json
                .createObjectNode()
                .put("prompt_tokens", usage.prompt)
                .put("completion_tokens", usage.completion)
                .put("total_tokens", usage.prompt + usage.completion)
        node
            .putObject("prompt_tokens_details")
            .put("cached_tokens", usage.cached)
            .put("cache_write_tokens", usage.cacheCreation)
            .put("audio_tokens", 0)
        node
            .putObject("completion_tokens_details")
            .put("reasoning_tokens", usage.reasoning)
            .put("audio_tokens", 0)
            .put("accepted_prediction_tokens", 0)
            .put("rejected_prediction_tokens", 0)
        return node
    }

    override fun errorFrame(code: String?, message: String?): Frame =
        Frame(FrameKind.TAIL, error(HttpStatus.SERVER_ERROR, code, message).toString())

    private const val CHAT = "/chat/completions"
    private const val EMBEDDINGS = "/embeddings"
    private const val MODELS = "/models"
}
