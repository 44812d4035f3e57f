package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.muster.fake.internal.net.HttpRequest
import java.time.Instant

/** Ollama's native chat, `POST /api/chat`, its embeddings, `POST /api/embed`, and `GET /api/tags`. */
internal object OllamaFormat : EmbeddingFormat {
    override fun route(path: String, header: (String) -> String?): Route? = when {
        path.endsWith(CHAT) -> Route.CHAT
        path.endsWith(EMBED) -> Route.EMBEDDINGS
        path.endsWith(TAGS) -> Route.MODELS
        else -> null
    }

    override val paths: Paths = Paths("/api")

    override fun method(path: String): String = listOf(CHAT, EMBED, TAGS).first { path.endsWith(it) }

    override fun key(header: (String) -> String?): String? = header("authorization")?.removePrefix("Bearer ")?.trim()

    override val keyRequired: Boolean get() = false

    // Ollama has no finish reason for tool calls.
    override val toolCallFinish: String get() = "stop"

    override val framing: Framing get() = Framing.NDJSON

    override fun violation(body: JsonNode, extra: Set<String>, request: HttpRequest): Violation? =
        if (isEmbedding(request)) {
            ollamaEmbed.allowing(extra).violation(body, "")
        } else {
            ollamaChat.allowing(extra).violation(body, "") ?: ollamaCrossFields(body)
        }

    private fun isEmbedding(request: HttpRequest) = route(request.path, request::header) == Route.EMBEDDINGS

    override fun read(body: JsonNode, request: HttpRequest): Asked =
        if (isEmbedding(request)) readEmbedding(body) else readChat(body)

    private fun readEmbedding(body: JsonNode): Asked {
        val dimensions = body.get("dimensions")?.intValue()?.takeIf { it > 0 }
        return askedToEmbed(body.text("model").orEmpty(), textsOf(body.path("input")), dimensions)
    }

    private fun readChat(body: JsonNode) = Asked(
        model = body.text("model").orEmpty(),
        // Ollama streams by default.
        stream = body.get("stream")?.booleanValue() ?: true,
        messages =
        body.path("messages").map {
            AskedMessage(it.text("role").orEmpty(), it.text("content").orEmpty(), it.text("tool_call_id"))
        },
        tools = body.path("tools").mapNotNull { it.path("function").text("name") },
        // Negative values mean "no limit" and "fill the context".
        maxTokens = body.path("options").get("num_predict")?.intValue()?.takeIf { it >= 0 },
        streamUsage = true,
    )

    override fun whole(asked: Asked, answer: Answer): ObjectNode {
        val message = message(answer.tokens.joinToString("") + answer.refusal.joinToString(""))
        if (answer.reasoning.isNotEmpty()) message.put("thinking", answer.reasoning.joinToString(""))
        if (answer.toolCalls.isNotEmpty()) addCalls(message, answer.toolCalls, 0)
        val node = envelope(answer)
        node.set<ObjectNode>("message", message.decorated(answer))
        return finished(node, answer)
    }

    override fun frames(asked: Asked, answer: Answer): Iterator<Frame> = iterator {
        for (piece in answer.reasoning) yield(line(answer, message("").put("thinking", piece)))
        for (piece in answer.tokens) yield(line(answer, message(piece)))
        for (piece in answer.refusal) yield(line(answer, message(piece)))
        answer.toolCalls.forEachIndexed { at, call ->
            yield(line(answer, message("").also { addCalls(it, listOf(call), at) }))
        }
        val node = envelope(answer)
        node.set<ObjectNode>("message", message("").decorated(answer))
        // The line with the finish reason is also the end marker.
        yield(Frame(FrameKind.FINISH, finished(node, answer).toString()))
    }

    private fun line(answer: Answer, message: ObjectNode): Frame {
        val node = envelope(answer)
        node.set<ObjectNode>("message", message.decorated(answer))
        return Frame(FrameKind.TOKEN, node.put("done", false).toString())
    }

    private fun message(text: String) = json.createObjectNode().put("role", "assistant").put("content", text)

    private fun addCalls(message: ObjectNode, calls: List<AnswerToolCall>, firstIndex: Int) {
        val array = message.putArray("tool_calls")
        calls.forEachIndexed { at, call ->
            val node = array.addObject().put("id", call.id)
            val function = node.putObject("function").put("index", firstIndex + at).put("name", call.name)
            function.set<JsonNode>("arguments", looseJson(call.arguments))
        }
    }

    private fun envelope(answer: Answer): ObjectNode = json
        .createObjectNode()
        .put("model", answer.model)
        .put("created_at", Instant.now().toString())
        .decorated(answer)

    private fun finished(node: ObjectNode, answer: Answer): ObjectNode {
        node.put("done", true).put("done_reason", answer.finishReason)
        val usage = answer.usage ?: return node
        return node
            .put("total_duration", usage.completion * TOKEN_NANOS + LOAD_NANOS)
            .put("load_duration", LOAD_NANOS)
            .put("prompt_eval_count", usage.prompt)
            .put("prompt_eval_duration", usage.prompt * TOKEN_NANOS)
            .put("eval_count", usage.completion)
            .put("eval_duration", usage.completion * TOKEN_NANOS)
    }

    override fun embeddings(asked: Asked, answer: Answer, vectors: List<FloatArray>): ObjectNode {
        val node = json.createObjectNode().put("model", answer.model)
        val rows = node.putArray("embeddings")
        vectors.forEach { vector -> rows.addArray().also { row -> vector.forEach(row::add) } }
        val usage = answer.usage ?: return node.decorated(answer)
        return node
            .put("total_duration", usage.prompt * TOKEN_NANOS + LOAD_NANOS)
            .put("load_duration", LOAD_NANOS)
            .put("prompt_eval_count", usage.prompt)
            .decorated(answer)
    }

    override fun error(status: Int, code: String?, message: String?, param: String?): ObjectNode =
        json.createObjectNode().put("error", message ?: code ?: ollamaErrors[status] ?: "status $status")

    override fun errorFrame(code: String?, message: String?): Frame =
        Frame(FrameKind.TAIL, error(500, code, message).toString())

    override fun models(names: List<String>, query: Map<String, String>): ObjectNode {
        val node = json.createObjectNode()
        val models = node.putArray("models")
        names.forEach { name ->
            val model = models.addObject().put(
                "name",
                name,
            ).put("model", name).put("modified_at", "2026-01-01T00:00:00Z")
            model.put("size", 1).put("digest", "fake").putObject("details").put("format", "gguf").put("family", "fake")
        }
        return node
    }

    override fun headers(serial: Int): Map<String, String> = emptyMap()

    private const val CHAT = "/chat"
    private const val EMBED = "/embed"
    private const val TAGS = "/tags"
    private const val TOKEN_NANOS = 1_000_000L
    private const val LOAD_NANOS = 2_000_000L
}

private val ollamaErrors =
    mapOf(
        400 to "invalid request",
        401 to "unauthorized",
        404 to "model not found, try pulling it first",
        429 to "too many requests",
        500 to "an error was encountered while running the model",
        503 to "server busy, please try again. maximum pending requests exceeded",
    )
