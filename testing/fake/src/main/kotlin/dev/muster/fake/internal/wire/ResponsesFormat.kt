package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ArrayNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.muster.fake.internal.net.HttpRequest

/** OpenAI's Responses API, `POST …/v1/responses` at any prefix. */
internal object ResponsesFormat : OpenAiFamily() {
    override fun route(path: String, header: (String) -> String?): Route? =
        if (path.endsWith(RESPONSES)) Route.CHAT else null

    override fun method(path: String): String = RESPONSES

    override fun violation(body: JsonNode, extra: Set<String>, request: HttpRequest): Violation? =
        createResponse.allowing(extra).violation(body, "") ?: responsesCrossFields(body)

    override fun read(body: JsonNode, request: HttpRequest): Asked = Asked(
        model = body.text("model").orEmpty(),
        stream = body.path("stream").booleanValue(),
        messages = instructions(body) + messages(body.path("input")),
        tools = body.path("tools").mapNotNull { it.text("name") },
        maxTokens = body.int("max_output_tokens"),
        streamUsage = true,
        include = body.path("include").map { it.asText() }.toSet(),
    )

    private fun instructions(body: JsonNode): List<AskedMessage> =
        listOfNotNull(body.text("instructions")?.let { AskedMessage("system", it, null) })

    /**
     * One turn of the model consists of several items here. For scripts it is one message, as in the other API
     * formats.
     */
    private fun messages(input: JsonNode): List<AskedMessage> {
        if (input.isTextual) return listOf(AskedMessage("user", input.textValue(), null))
        val messages = ArrayList<AskedMessage>()
        var inTurn = false
        for (item in input) {
            val role = item.text("role")
            val wasInTurn = inTurn
            inTurn = role == "assistant" || (role == null && item.text("type") != "function_call_output")
            when {
                !inTurn -> messages += outsideTurn(item)

                role == null -> if (!wasInTurn) messages += AskedMessage("assistant", "", null)

                else -> {
                    if (wasInTurn && messages.last().text.isEmpty()) messages.removeLast()
                    messages += AskedMessage("assistant", texts(item.path("content")), null)
                }
            }
        }
        return messages
    }

    private fun outsideTurn(item: JsonNode): AskedMessage = when (val role = item.text("role")) {
        null -> AskedMessage("tool", texts(item.path("output")), item.text("call_id"))
        else -> AskedMessage(role, texts(item.path("content")), null)
    }

    private fun texts(content: JsonNode): String =
        if (content.isTextual) content.textValue() else content.mapNotNull { it.text("text") }.joinToString("")

    override fun whole(asked: Asked, answer: Answer): ObjectNode {
        val node = response(answer, status(answer), items(asked, answer))
        incomplete(answer)?.let { node.putObject("incomplete_details").put("reason", it) }
        answer.usage?.let { node.set<ObjectNode>("usage", usage(it).decorated(answer)) }
        return node
    }

    override fun frames(asked: Asked, answer: Answer): Iterator<Frame> = ResponsesStream(asked, answer).frames()

    override fun failed(asked: Asked, answer: Answer, code: String?, message: String?): String {
        val node = response(answer, "failed", emptyList())
        node.putObject("error").put("code", code).put("message", message)
        return node.toString()
    }

    override fun errorFrame(code: String?, message: String?): Frame {
        val node = json.createObjectNode().put("type", "error").put("code", code).put("message", message)
        return Frame(FrameKind.TAIL, node.putNull("param").put("sequence_number", 0).toString(), "error")
    }

    /** The final status of an answer: only two of the finish reasons mean a complete response. */
    fun status(answer: Answer): String = if (incomplete(answer) == null) "completed" else "incomplete"

    /** Why the response is incomplete. Unknown reasons are sent unchanged. */
    private fun incomplete(answer: Answer): String? = when (val reason = answer.finishReason) {
        "stop", "tool_calls", "completed" -> null
        "length" -> "max_output_tokens"
        else -> reason
    }

    fun response(answer: Answer, status: String, output: List<ObjectNode>): ObjectNode {
        val node =
            json
                .createObjectNode()
                .put("id", "resp_fake_${answer.serial}")
                .put("object", "response")
                .put("created_at", now())
                .put("status", status)
                .put("background", false)
        listOf("error", "incomplete_details", "instructions", "max_output_tokens").forEach { node.putNull(it) }
        node.put("model", answer.model)
        node.putArray("output").addAll(output)
        node.put("parallel_tool_calls", true).putNull("previous_response_id")
        node.putObject("reasoning").putNull("effort").putNull("summary")
        node.put("service_tier", "default").put("store", false).put("temperature", 1.0)
        node.putObject("text").putObject("format").put("type", "text")
        node.put("tool_choice", "auto").putArray("tools")
        node.put("top_p", 1.0).put("truncation", "disabled").putNull("usage").putNull("user").putObject("metadata")
        return node.decorated(answer)
    }

    /** The items of the response: reasoning, message, tool calls. */
    fun items(asked: Asked, answer: Answer): List<ObjectNode> = buildList {
        if (answer.reasons) add(reasoningItem(asked, answer, answer.reasoning.joinToString("")))
        content(answer)?.let { add(messageItem(answer, "completed").apply { contentOf(this).add(it) }) }
        answer.toolCalls.forEachIndexed { at, call -> add(callItem(answer, at, call, "completed", call.arguments)) }
    }

    /** The only part of the message, or null if the answer only calls tools. */
    private fun content(answer: Answer): ObjectNode? {
        val text = answer.tokens.joinToString("")
        return when {
            answer.refusal.isNotEmpty() -> part("refusal", answer.refusal.joinToString(""), answer)
            text.isNotEmpty() || answer.toolCalls.isEmpty() -> part("output_text", text, answer)
            else -> null
        }
    }

    fun part(type: String, text: String, answer: Answer): ObjectNode {
        val node = json.createObjectNode().put("type", type)
        if (type == "output_text") {
            node.putArray("annotations")
            node.putArray("logprobs")
            return node.put("text", text).decorated(answer)
        }
        return node.put(if (type == "refusal") type else "text", text).decorated(answer)
    }

    fun messageItem(answer: Answer, status: String): ObjectNode {
        val node = item("msg", answer, 0).put("type", "message").put("status", status)
        node.putArray("content")
        return node.put("role", "assistant").decorated(answer)
    }

    fun contentOf(item: ObjectNode): ArrayNode = item.get("content") as ArrayNode

    /** [text] is null for an item that has just started. */
    fun reasoningItem(asked: Asked, answer: Answer, text: String?): ObjectNode {
        val node = item("rs", answer, 0).put("type", "reasoning")
        val summary = node.putArray("summary")
        if (!text.isNullOrEmpty()) summary.add(part("summary_text", text, answer))
        if (ENCRYPTED_REASONING in asked.include) node.put("encrypted_content", encrypted(answer))
        return node.decorated(answer)
    }

    private fun encrypted(answer: Answer): String =
        answer.encryptedReasoning ?: signatureOf(answer.reasoning.joinToString(""))

    override fun kept(answer: Answer): List<JsonNode> =
        if (answer.reasons) listOf(item("rs", answer, 0).put("encrypted_content", encrypted(answer))) else emptyList()

    /** A block of reasoning may be omitted, but if it is sent back it must be unchanged. */
    override fun forgotten(body: JsonNode, memory: Memory): Violation? {
        val items = body.path("input")
        val sent = items.mapNotNull { it.text("call_id") }.flatMap { memory.with(it).orEmpty() }
        val changed =
            items.firstOrNull { item ->
                item.text("type") == "reasoning" &&
                    sent.any { it.text("id") == item.text("id") && !it.isSameBlock(item) }
            } ?: return null
        val message = "The encrypted content for item ${changed.text("id")} could not be verified."
        return Violation(message, "input", "invalid_encrypted_content")
    }

    private fun JsonNode.isSameBlock(item: JsonNode) = text("encrypted_content") == item.text("encrypted_content")

    fun callItem(answer: Answer, at: Int, call: AnswerToolCall, status: String, arguments: String): ObjectNode =
        item("fc", answer, at)
            .put("type", "function_call")
            .put("status", status)
            .put("arguments", arguments)
            .put("call_id", call.id)
            .put("name", call.name)
            .decorated(answer)

    private fun item(prefix: String, answer: Answer, at: Int) =
        json.createObjectNode().put("id", "${prefix}_fake_${answer.serial}_$at")

    private fun usage(usage: AnswerUsage): ObjectNode {
        val node = json.createObjectNode().put("input_tokens", usage.prompt)
        node
            .putObject("input_tokens_details")
            .put("cached_tokens", usage.cached)
            .put("cache_write_tokens", usage.cacheCreation)
        node.put("output_tokens", usage.completion)
        node.putObject("output_tokens_details").put("reasoning_tokens", usage.reasoning)
        return node.put("total_tokens", usage.prompt + usage.completion)
    }

    private const val RESPONSES = "/responses"
}
