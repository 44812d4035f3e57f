package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.muster.fake.internal.net.HttpRequest
import java.time.Instant

/** Anthropic's Messages API, `POST /v1/messages` at any prefix, and its `GET /v1/models`. */
internal object AnthropicFormat : ApiFormat {
    // Its list of models has the same path as OpenAI's. The header that its API requires tells them apart.
    override fun route(path: String, header: (String) -> String?): Route? = when {
        path.endsWith(MESSAGES) -> Route.CHAT
        path.endsWith(MODELS) && header(VERSION) != null -> Route.MODELS
        else -> null
    }

    override val paths: Paths = Paths("/v1")

    override fun method(path: String): String = if (path.endsWith(MESSAGES)) MESSAGES else MODELS

    override fun key(header: (String) -> String?): String? = header("x-api-key")
        ?: header("authorization")?.takeIf { it.startsWith("Bearer ") }?.removePrefix("Bearer ")?.trim()

    override val keyRequired: Boolean get() = true

    override val toolCallFinish: String get() = "tool_use"

    override val framing: Framing get() = Framing.SSE

    private fun versionViolation(version: String?): Violation? = when (version) {
        null -> Violation("$VERSION: header is required", null, null)
        in VERSIONS -> null
        else -> Violation("$VERSION: \"$version\" is not a valid version", null, null)
    }

    override fun violation(body: JsonNode, extra: Set<String>, request: HttpRequest): Violation? {
        val version = request.header(VERSION)
        versionViolation(version)?.let { return it }
        val table = if (version == NEWEST) anthropicMessages20261021 else anthropicMessages
        return (table.allowing(extra).violation(body, "") ?: anthropicCrossFields(body))?.let(::inItsWords)
    }

    override fun forgotten(body: JsonNode, memory: Memory): Violation? =
        changedThinking(body, memory)?.let(::inItsWords)

    override fun kept(answer: Answer): List<JsonNode> = thinkingBlocks(answer)

    private fun thinkingBlocks(answer: Answer): List<ObjectNode> = buildList {
        if (answer.reasoning.isNotEmpty()) {
            val thinking = answer.reasoning.joinToString("")
            add(block("thinking").put("thinking", thinking).put("signature", signatureOf(thinking)))
        }
        answer.encryptedReasoning?.let { add(block("redacted_thinking").put("data", it)) }
    }

    /** Anthropic puts the location before the reason, `messages.0.content: Field required`, and has no code for it. */
    private fun inItsWords(violation: Violation): Violation {
        val at = violation.param?.replace("[", ".")?.replace("]", "").orEmpty()
        val why =
            when (violation.code) {
                "missing_required_parameter" -> "Field required"
                "unknown_parameter" -> "Extra inputs are not permitted"
                else -> violation.message
            }
        return Violation(if (at.isEmpty()) why else "$at: $why", null, null)
    }

    override fun read(body: JsonNode, request: HttpRequest): Asked = Asked(
        model = body.text("model").orEmpty(),
        stream = body.path("stream").booleanValue(),
        messages = system(body.path("system")) + body.path("messages").flatMap(::messages),
        tools = body.path("tools").mapNotNull { it.text("name") },
        maxTokens = body.get("max_tokens")?.intValue(),
        streamUsage = true,
        stop = body.path("stop_sequences").map { it.asText() },
    )

    private fun system(system: JsonNode): List<AskedMessage> = texts(system).map { AskedMessage("system", it, null) }

    /** Tool results are part of a user turn. For scripts they are separate messages, as in the other API formats. */
    private fun messages(message: JsonNode): List<AskedMessage> {
        val role = message.text("role").orEmpty()
        val content = message.path("content")
        val results =
            content.filter { it.text("type") == "tool_result" }.map {
                AskedMessage("tool", texts(it.path("content")).joinToString(""), it.text("tool_use_id"))
            }
        val texts = texts(content)
        val said = AskedMessage(role, texts.joinToString(""), null)
        return if (results.isNotEmpty() && texts.isEmpty()) results else results + said
    }

    private fun texts(content: JsonNode): List<String> =
        if (content.isTextual) listOf(content.textValue()) else content.mapNotNull { it.text("text") }

    override fun whole(asked: Asked, answer: Answer): ObjectNode {
        val node = message(answer)
        val content = node.putArray("content")
        thinkingBlocks(answer).forEach { content.add(it.decorated(answer)) }
        answer.blocks.forEach { content.add(json.readTree(it)) }
        val text = (answer.tokens + answer.refusal).joinToString("")
        if (text.isNotEmpty()) content.add(block("text").put("text", text).decorated(answer))
        answer.toolCalls.forEach { call ->
            content.add(toolUse(call).set<ObjectNode>("input", looseJson(call.arguments)).decorated(answer))
        }
        stopped(node, asked, answer)
        answer.usage?.let { node.set<ObjectNode>("usage", usage(it).decorated(answer)) }
        return node
    }

    override fun frames(asked: Asked, answer: Answer): Iterator<Frame> = iterator {
        yield(start(answer))
        yield(Frame(FrameKind.OPEN, block("ping").toString(), "ping"))
        var index = 0
        if (answer.reasoning.isNotEmpty()) {
            yield(blockStart(index, answer, block("thinking").put("thinking", "").put("signature", "")))
            for (piece in answer.reasoning) yield(delta(index, answer, "thinking_delta", "thinking", piece))
            val signature = signatureOf(answer.reasoning.joinToString(""))
            yield(delta(index, answer, "signature_delta", "signature", signature, FrameKind.OPEN))
            yield(blockStop(index++, answer))
        }
        answer.encryptedReasoning?.let { data ->
            // It comes whole, with its start.
            yield(blockStart(index, answer, block("redacted_thinking").put("data", data)))
            yield(blockStop(index++, answer))
        }
        for (own in answer.blocks) yieldAll(ownBlock(index++, answer, own))
        val pieces = (answer.tokens + answer.refusal).iterator()
        if (pieces.hasNext()) {
            yield(blockStart(index, answer, block("text").put("text", "")))
            for (piece in pieces) yield(delta(index, answer, "text_delta", "text", piece))
            yield(blockStop(index++, answer))
        }
        for (call in answer.toolCalls) {
            yield(blockStart(index, answer, toolUse(call).apply { putObject("input") }))
            for (part in parts(call.arguments)) {
                yield(delta(index, answer, "input_json_delta", "partial_json", part))
            }
            yield(blockStop(index++, answer))
        }
        yield(finish(asked, answer))
        yield(frame(FrameKind.MARKER, answer, block("message_stop")))
    }

    /** Blocks are sent whole, except the input of a tool. */
    private fun ownBlock(index: Int, answer: Answer, block: String): List<Frame> {
        val node = json.readTree(block) as ObjectNode
        val input = node.get("input")
        if (input != null) node.putObject("input")
        val pieces = if (input == null) emptyList() else parts(input.toString())
        return listOf(blockStart(index, answer, node)) +
            pieces.map { delta(index, answer, "input_json_delta", "partial_json", it) } +
            blockStop(index, answer)
    }

    /** An empty piece and then two halves: Anthropic starts every input with an empty piece. */
    private fun parts(arguments: String): List<String> {
        val middle = arguments.length / 2
        val halves = listOf(arguments.substring(0, middle), arguments.substring(middle))
        return listOf("") + halves.filter { it.isNotEmpty() }
    }

    private fun start(answer: Answer): Frame {
        val message = message(answer)
        message.putArray("content")
        message.putNull("stop_reason").putNull("stop_sequence")
        answer.usage?.let { message.set<ObjectNode>("usage", promptUsage(it).put("output_tokens", 1)) }
        return frame(FrameKind.OPEN, answer, block("message_start").set("message", message))
    }

    private fun blockStart(index: Int, answer: Answer, block: ObjectNode): Frame {
        val node = block("content_block_start").put("index", index)
        return frame(FrameKind.OPEN, answer, node.set("content_block", block.decorated(answer)))
    }

    private fun blockStop(index: Int, answer: Answer) =
        frame(FrameKind.OPEN, answer, block("content_block_stop").put("index", index))

    @Suppress("LongParameterList") // All are parts of an event of this kind.
    private fun delta(
        index: Int,
        answer: Answer,
        type: String,
        field: String,
        piece: String,
        kind: FrameKind = FrameKind.TOKEN,
    ): Frame {
        val node = block("content_block_delta").put("index", index)
        return frame(kind, answer, node.set("delta", block(type).put(field, piece).decorated(answer)))
    }

    private fun finish(asked: Asked, answer: Answer): Frame {
        val node = block("message_delta")
        stopped(node.putObject("delta"), asked, answer).decorated(answer)
        answer.usage?.let { node.set<ObjectNode>("usage", usage(it).decorated(answer)) }
        return frame(FrameKind.FINISH, answer, node)
    }

    private fun frame(kind: FrameKind, answer: Answer, node: ObjectNode) =
        Frame(kind, node.decorated(answer).toString(), node.text("type"))

    private fun block(type: String): ObjectNode = json.createObjectNode().put("type", type)

    private fun toolUse(call: AnswerToolCall) = block("tool_use").put("id", call.id).put("name", call.name)

    private fun message(answer: Answer): ObjectNode = json
        .createObjectNode()
        .put("id", "msg_fake_${answer.serial}")
        .put("type", "message")
        .put("role", "assistant")
        .put("model", answer.model)
        .decorated(answer)

    /** Translates the finish reasons that scripts know by their OpenAI names. Others are sent unchanged. */
    private fun stopped(node: ObjectNode, asked: Asked, answer: Answer): ObjectNode {
        val refused = answer.refusal.isNotEmpty() && answer.finishReason == "stop"
        val reason = if (refused) "refusal" else anthropicReasons[answer.finishReason] ?: answer.finishReason
        val sequence = asked.stop.firstOrNull().takeIf { reason == "stop_sequence" }
        return node.put("stop_reason", reason).put("stop_sequence", sequence)
    }

    /** Here the input tokens do not include the cached tokens: the three numbers add up to the prompt. */
    private fun promptUsage(usage: AnswerUsage): ObjectNode = json
        .createObjectNode()
        .put("input_tokens", maxOf(0, usage.prompt - usage.cached - usage.cacheCreation))
        .put("cache_creation_input_tokens", usage.cacheCreation)
        .put("cache_read_input_tokens", usage.cached)

    private fun usage(usage: AnswerUsage): ObjectNode {
        val node = promptUsage(usage).put("output_tokens", usage.completion)
        node.putObject("output_tokens_details").put("thinking_tokens", usage.reasoning)
        return node.put("service_tier", "standard")
    }

    override fun error(status: Int, code: String?, message: String?, param: String?): ObjectNode {
        val known = anthropicErrors[code]
        val usual = anthropicStatuses[status] ?: if (status < SERVER_ERRORS) INVALID_REQUEST else API_ERROR
        val words = listOfNotNull(known?.message ?: usual.message.takeIf { message == null }, message)
        val node = json.createObjectNode().put("type", "error")
        node
            .putObject("error")
            .put("type", known?.type ?: code ?: usual.type)
            .put("message", words.joinToString(": "))
        return node
    }

    override fun errorFrame(code: String?, message: String?): Frame =
        Frame(FrameKind.TAIL, error(SERVER_ERRORS, code, message).toString(), "error")

    override fun queryViolation(query: Map<String, String>): Violation? = AnthropicPages.violation(query)

    override fun models(names: List<String>, query: Map<String, String>): ObjectNode {
        val page = AnthropicPages.of(names, query)
        val node = json.createObjectNode()
        val data = node.putArray("data")
        page.names.forEach {
            data
                .addObject()
                .put("type", "model")
                .put("id", it)
                .put("display_name", "The model $it")
                .put("created_at", "2026-01-01T00:00:00Z")
                .put("max_input_tokens", 200_000)
                .put("max_tokens", 64_000)
        }
        return node
            .put("has_more", page.hasMore)
            .put("first_id", page.names.firstOrNull())
            .put("last_id", page.names.lastOrNull())
    }

    override fun headers(serial: Int): Map<String, String> =
        linkedMapOf("request-id" to "req_fake_$serial", "anthropic-organization-id" to "org-fake")

    /** As in "Rate limits", section "Response headers", of Anthropic's API documentation. */
    override fun limitHeaders(state: LimitState): Map<String, String> = linkedMapOf(
        "anthropic-ratelimit-requests-limit" to "${state.limit}",
        "anthropic-ratelimit-requests-remaining" to "${state.remaining}",
        "anthropic-ratelimit-requests-reset" to "${Instant.now().plusNanos(state.resetNanos)}",
    )

    private const val MESSAGES = "/messages"
    private const val MODELS = "/models"
    private const val VERSION = "anthropic-version"
    private const val SERVER_ERRORS = 500
    private const val NEWEST = "2026-10-21"
    private val VERSIONS = setOf("2023-01-01", "2023-06-01", NEWEST)
}

private val anthropicReasons =
    mapOf("stop" to "end_turn", "length" to "max_tokens", "tool_calls" to "tool_use", "content_filter" to "refusal")

private class AnthropicError(val type: String, val message: String?)

private val INVALID_REQUEST = AnthropicError("invalid_request_error", "The request is invalid.")
private val API_ERROR = AnthropicError("api_error", "Internal server error")

// Types from Anthropic's page "Errors".
private val anthropicStatuses =
    mapOf(
        400 to INVALID_REQUEST,
        401 to AnthropicError("authentication_error", "invalid x-api-key"),
        402 to AnthropicError("billing_error", "There is an issue with your billing or payment information."),
        403 to AnthropicError("permission_error", "Your API key does not have permission to use this resource."),
        404 to AnthropicError("not_found_error", "The requested resource could not be found."),
        409 to AnthropicError("conflict_error", "The request conflicts with another."),
        413 to AnthropicError("request_too_large", "Request exceeds the maximum size"),
        429 to AnthropicError("rate_limit_error", "This request would exceed your rate limit."),
        500 to API_ERROR,
        504 to AnthropicError("timeout_error", "The request timed out."),
        529 to AnthropicError("overloaded_error", "Overloaded"),
    )

/** The codes that scripts may use with every API format, in Anthropic's terms: as a type, or as a message. */
private val anthropicErrors =
    mapOf(
        "context_length_exceeded" to
            AnthropicError("invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum"),
        "content_filter" to AnthropicError("invalid_request_error", "Output blocked by content filtering policy"),
        "insufficient_quota" to AnthropicError("billing_error", null),
        "invalid_api_key" to AnthropicError("authentication_error", null),
        "model_not_found" to AnthropicError("not_found_error", null),
        "rate_limit_exceeded" to AnthropicError("rate_limit_error", null),
        "server_error" to API_ERROR.typeOnly(),
    )

private fun AnthropicError.typeOnly() = AnthropicError(type, null)
