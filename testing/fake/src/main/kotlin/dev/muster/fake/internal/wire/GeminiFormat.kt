package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ArrayNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.net.HttpStatus
import java.net.URLDecoder

/**
 * Google's Gemini API, `POST …/v1beta/models/NAME:generateContent`, `…:streamGenerateContent?alt=sse` and
 * `…:batchEmbedContents` at any prefix and in any version, and its `GET …/v1beta/models`.
 */
internal object GeminiFormat : EmbeddingFormat {
    // Its list of models has the same path as OpenAI's. Its version and its header for the key tell them apart.
    override fun route(path: String, header: (String) -> String?): Route? = when {
        isMethod(path) -> if (isChat(path)) {
            Route.CHAT
        } else {
            Route.EMBEDDINGS.takeIf {
                path.endsWith(GeminiEmbeddings.MANY)
            }
        }

        path.endsWith("/v1beta$MODELS") -> Route.MODELS

        path.endsWith(MODELS) && header(KEY) != null -> Route.MODELS

        else -> null
    }

    override val paths: Paths = Paths("/v1beta", "/v1", "/v1alpha")

    override fun method(path: String): String =
        if (isMethod(path)) path.substring(path.lastIndexOf('/', path.lastIndexOf('/') - 1)) else MODELS

    /** Whether [path] is one of a model's methods that this server supports. */
    fun isMethod(path: String): Boolean = METHOD.matches(path)

    private fun isChat(path: String) = path.endsWith("enerateContent")

    // The API also accepts a key in the URL, but there it would end up in the logs of every proxy.
    override fun key(header: (String) -> String?): String? = header(KEY)
        ?: header("authorization")?.takeIf { it.startsWith("Bearer ") }?.removePrefix("Bearer ")?.trim()

    override val keyRequired: Boolean get() = true

    override val statusWithoutKey: Int get() = FORBIDDEN

    override val statusOfWrongKey: Int get() = HttpStatus.BAD_REQUEST

    // Gemini has no finish reason for tool calls.
    override val toolCallFinish: String get() = "stop"

    override val framing: Framing get() = Framing.SSE

    override fun violation(body: JsonNode, extra: Set<String>, request: HttpRequest): Violation? = when {
        !isChat(request.path) ->
            GeminiEmbeddings.violation(body, extra, request, model(request.path))?.let { inItsWords(it, "Embed") }

        isStream(request) && request.parameters["alt"] != "sse" ->
            Violation("This server streams only with alt=sse in the query.", null, null)

        else ->
            (geminiGenerateContent.allowing(extra).violation(body, "") ?: geminiCrossFields(body))
                ?.let { inItsWords(it, "Generate") }
    }

    override fun forgotten(body: JsonNode, memory: Memory): Violation? =
        geminiSignatures(body.path("contents"), memory)?.let { inItsWords(it, "Generate") }

    override fun kept(answer: Answer): List<JsonNode> =
        listOfNotNull(answer.encryptedReasoning?.let(json.nodeFactory::textNode))

    /** Google names a field in snake case and has a separate sentence for each kind of error. */
    private fun inItsWords(violation: Violation, request: String): Violation {
        val path = violation.param?.replace(CAPITAL) { "_" + it.value.lowercase() } ?: return violation
        val name = violation.param.substringAfterLast('.')
        val at = path.substringBeforeLast('.', "")
        val place = if (at.isEmpty()) "" else " at '$at'"
        val message =
            when (violation.code) {
                "unknown_parameter" ->
                    "Invalid JSON payload received. Unknown name \"$name\"$place: Cannot find field."

                "missing_required_parameter" ->
                    "* ${request}ContentRequest.$path: ${path.substringAfterLast('.')} is not specified"

                "empty_array" -> "* ${request}ContentRequest.$path: $path must not be empty."

                null -> "* ${request}ContentRequest.$path: ${violation.message}"

                else -> "Invalid value at '$path': ${violation.message}"
            }
        return Violation(message, path, null)
    }

    override fun read(body: JsonNode, request: HttpRequest): Asked =
        if (isChat(request.path)) readChat(body, request) else GeminiEmbeddings.read(body, model(request.path))

    private fun readChat(body: JsonNode, request: HttpRequest) = Asked(
        model = model(request.path),
        stream = isStream(request),
        messages = system(body.path("systemInstruction")) + body.path("contents").flatMap(::messages),
        tools = body.path("tools").flatMap { it.path("functionDeclarations") }.mapNotNull { it.text("name") },
        maxTokens = body.path("generationConfig").get("maxOutputTokens")?.intValue(),
        streamUsage = true,
    )

    private fun isStream(request: HttpRequest) = request.path.endsWith(":streamGenerateContent")

    private fun model(path: String): String {
        val match = METHOD.matchEntire(path) ?: return ""
        val (kind, name) = match.destructured
        return (if (kind == "models") "" else "$kind/") + URLDecoder.decode(name, Charsets.UTF_8)
    }

    private fun system(instruction: JsonNode): List<AskedMessage> =
        instruction.path("parts").mapNotNull { it.text("text") }.map { AskedMessage("system", it, null) }

    /** Function results are part of a user turn. For scripts they are separate messages. */
    private fun messages(content: JsonNode): List<AskedMessage> {
        val parts = content.path("parts")
        val results =
            parts.mapNotNull { it.get("functionResponse") }.map { AskedMessage("tool", result(it), it.text("id")) }
        if (results.isNotEmpty() && results.size == parts.size()) return results
        val text = parts.filterNot { it.path("thought").booleanValue() }.mapNotNull { it.text("text") }
        val role = if (content.text("role") == "model") "assistant" else "user"
        return results + AskedMessage(role, text.joinToString(""), null)
    }

    private fun result(response: JsonNode): String {
        val value = response.path("response")
        return value.text("output") ?: value.text("error") ?: value.toString()
    }

    override fun whole(asked: Asked, answer: Answer): ObjectNode {
        val parts = json.createArrayNode()
        if (answer.reasoning.isNotEmpty()) parts.add(thought(answer.reasoning.joinToString(""), answer))
        val text = (answer.tokens + answer.refusal).joinToString("")
        if (text.isNotEmpty()) parts.add(text(text, answer))
        answer.toolCalls.forEach { parts.add(functionCall(it, answer)) }
        if (answer.toolCalls.isEmpty()) signed(parts.lastOrNull(), answer)
        return response(answer, parts, finished = true)
    }

    override fun frames(asked: Asked, answer: Answer): Iterator<Frame> = iterator {
        for (piece in answer.reasoning) yield(piece(answer, thought(piece, answer)))
        for (piece in answer.tokens + answer.refusal) yield(piece(answer, text(piece, answer)))
        for (call in answer.toolCalls) yield(piece(answer, functionCall(call, answer)))
        val last = text("", answer)
        if (answer.toolCalls.isEmpty()) signed(last, answer)
        val nothing = json.createArrayNode().add(last)
        yield(Frame(FrameKind.FINISH, response(answer, nothing, finished = true).toString()))
    }

    private fun piece(answer: Answer, part: ObjectNode) =
        Frame(FrameKind.TOKEN, response(answer, json.createArrayNode().add(part), finished = false).toString())

    private fun text(text: String, answer: Answer): ObjectNode =
        json.createObjectNode().put("text", text).decorated(answer)

    private fun thought(text: String, answer: Answer) = text(text, answer).put("thought", true)

    /** The signature is on the first tool call, else at the end of the response. */
    private fun signed(part: JsonNode?, answer: Answer) {
        answer.encryptedReasoning?.let { (part as? ObjectNode)?.put("thoughtSignature", it) }
    }

    /** Models before Gemini 3 give their calls no id: a script does that with an empty id. */
    private fun functionCall(call: AnswerToolCall, answer: Answer): ObjectNode {
        val node = json.createObjectNode()
        val function = node.putObject("functionCall").put("name", call.name)
        if (call.id.isNotEmpty()) function.put("id", call.id)
        function.set<ObjectNode>("args", looseJson(call.arguments))
        if (call === answer.toolCalls.first()) signed(node, answer)
        return node.decorated(answer)
    }

    private fun response(answer: Answer, parts: ArrayNode, finished: Boolean): ObjectNode {
        val node = json.createObjectNode()
        val candidate = node.putArray("candidates").addObject()
        val content = candidate.putObject("content")
        if (!parts.isEmpty) content.set<ObjectNode>("parts", parts)
        content.put("role", "model").decorated(answer)
        if (finished) candidate.put("finishReason", reason(answer))
        candidate.put("index", 0).decorated(answer)
        answer.usage?.let { node.set<ObjectNode>("usageMetadata", usage(it, finished).decorated(answer)) }
        return node.put("modelVersion", answer.model).put("responseId", "fake-${answer.serial}").decorated(answer)
    }

    /** Translates the finish reasons that scripts know by their OpenAI names. Others are sent unchanged. */
    private fun reason(answer: Answer): String {
        val refused = answer.refusal.isNotEmpty() && answer.finishReason == "stop"
        return if (refused) "SAFETY" else geminiReasons[answer.finishReason] ?: answer.finishReason
    }

    /** Here the candidates' tokens do not include thoughts, and counts of zero are omitted. */
    private fun usage(usage: AnswerUsage, finished: Boolean): ObjectNode {
        val node = json.createObjectNode().put("promptTokenCount", usage.prompt)
        if (!finished) return node.put("totalTokenCount", usage.prompt)
        val candidates = maxOf(0, usage.completion - usage.reasoning)
        if (candidates > 0) node.put("candidatesTokenCount", candidates)
        if (usage.cached > 0) node.put("cachedContentTokenCount", usage.cached)
        if (usage.reasoning > 0) node.put("thoughtsTokenCount", usage.reasoning)
        node.putArray("promptTokensDetails").addObject().put("modality", "TEXT").put("tokenCount", usage.prompt)
        return node.put("totalTokenCount", usage.prompt + usage.completion)
    }

    override fun error(status: Int, code: String?, message: String?, param: String?): ObjectNode {
        val known = geminiCodes[code]
        val usual = geminiStatuses[status] ?: if (status < HttpStatus.SERVER_ERROR) UNKNOWN else INTERNAL
        val words = listOfNotNull(known?.message, message).ifEmpty { listOf(usual.message) }
        val node = json.createObjectNode()
        val error = node.putObject("error").put("code", status).put("message", words.joinToString(": "))
        error.put("status", known?.status ?: code ?: usual.status)
        val details = json.createArrayNode()
        known?.detail?.let { details.add(json.readTree(it)) }
        if (param != null) {
            val violation = details.addObject().put("@type", "type.googleapis.com/google.rpc.BadRequest")
            violation.putArray("fieldViolations").addObject().put("field", param).put("description", message)
        }
        if (!details.isEmpty) error.set<ObjectNode>("details", details)
        return node
    }

    override fun errorFrame(code: String?, message: String?): Frame {
        val word = geminiCodes[code]?.status ?: code
        val status = geminiStatuses.entries.firstOrNull { it.value.status == word }?.key ?: HttpStatus.SERVER_ERROR
        return Frame(FrameKind.TAIL, error(status, code, message).toString())
    }

    override fun embeddings(asked: Asked, answer: Answer, vectors: List<FloatArray>): ObjectNode =
        GeminiEmbeddings.answer(answer, vectors)

    override fun queryViolation(query: Map<String, String>): Violation? = GeminiModels.violation(query)

    override fun models(names: List<String>, query: Map<String, String>): ObjectNode = GeminiModels.page(names, query)

    override fun headers(serial: Int): Map<String, String> = mapOf("server-timing" to "gfet4t7; dur=1")

    private const val MODELS = "/models"
    private const val KEY = "x-goog-api-key"
    private const val FORBIDDEN = 403
    private val METHOD =
        Regex(
            ".*/(models|tunedModels)/([^/:]+):" +
                "(?:generateContent|streamGenerateContent|embedContent|batchEmbedContents)",
        )
    private val CAPITAL = Regex("[A-Z]")
}

private val geminiReasons =
    mapOf("stop" to "STOP", "length" to "MAX_TOKENS", "tool_calls" to "STOP", "content_filter" to "SAFETY")

private class GeminiError(val status: String, val message: String)

private val UNKNOWN = GeminiError("UNKNOWN", "The request failed.")
private val INTERNAL = GeminiError("INTERNAL", "An internal error has occurred. Please retry.")

// Status names from google.rpc.Code, messages from Google's page "Troubleshooting".
private val geminiStatuses =
    mapOf(
        400 to GeminiError("INVALID_ARGUMENT", "Request contains an invalid argument."),
        401 to GeminiError("UNAUTHENTICATED", "Request had invalid authentication credentials."),
        403 to GeminiError("PERMISSION_DENIED", "The caller does not have permission."),
        404 to GeminiError("NOT_FOUND", "The model is not found for API version v1beta."),
        409 to GeminiError("ABORTED", "The operation was aborted."),
        429 to GeminiError("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
        499 to GeminiError("CANCELLED", "The operation was cancelled."),
        500 to INTERNAL,
        503 to GeminiError("UNAVAILABLE", "The model is overloaded. Please try again later."),
        504 to GeminiError("DEADLINE_EXCEEDED", "The service could not finish in time."),
    )

private class GeminiCode(val status: String, val message: String? = null, val detail: String? = null)

private fun quota(id: String) =
    """{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"$id"}]}"""

/** The codes that scripts may use with every API format, in Google's terms. */
private val geminiCodes =
    mapOf(
        "context_length_exceeded" to
            GeminiCode(
                "INVALID_ARGUMENT",
                "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).",
            ),
        "content_filter" to GeminiCode("INVALID_ARGUMENT"),
        "insufficient_quota" to
            GeminiCode("RESOURCE_EXHAUSTED", null, quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")),
        "rate_limit_exceeded" to
            GeminiCode("RESOURCE_EXHAUSTED", null, quota("GenerateRequestsPerMinutePerProjectPerModel")),
        "invalid_api_key" to
            GeminiCode(
                "INVALID_ARGUMENT",
                "API key not valid. Please pass a valid API key.",
                """{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID",""" +
                    """"domain":"googleapis.com","metadata":{"service":"generativelanguage.googleapis.com"}}""",
            ),
        "model_not_found" to GeminiCode("NOT_FOUND"),
        "server_error" to GeminiCode("INTERNAL"),
    )
