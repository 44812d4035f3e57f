package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

// Field tables of POST /v1/chat/completions, written from OpenAI's API reference "Create chat completion"
// (components CreateChatCompletionRequest, ChatCompletionRequestMessage and ChatCompletionTool of its OpenAPI
// document).

private val textPart = Fields(required("type", string()), required("text", string()))

private val contentPart =
    byField(
        "type",
        mapOf(
            "text" to textPart,
            "image_url" to
                Fields(
                    required("type", string()),
                    required(
                        "image_url",
                        Fields(required("url", imageUrl), optional("detail", oneOf("auto", "low", "high"))),
                    ),
                ),
            "input_audio" to
                Fields(
                    required("type", string()),
                    required(
                        "input_audio",
                        Fields(required("data", string(1)), required("format", oneOf("wav", "mp3"))),
                    ),
                ),
            "file" to
                Fields(
                    required("type", string()),
                    required(
                        "file",
                        Fields(
                            optional("filename", string()),
                            optional("file_data", dataUrl),
                            optional("file_id", string()),
                        ),
                    ),
                ),
            "refusal" to Fields(required("type", string()), required("refusal", string())),
        ),
    )

private val content =
    either(
        "a string or an array of content parts",
        JsonNode::isTextual to anything,
        JsonNode::isArray to list(contentPart, 1),
    )

private val functionCall = Fields(required("name", string(1)), required("arguments", string()))

private val toolCall =
    byField(
        "type",
        mapOf(
            "function" to
                Fields(required("id", string(1)), required("type", string()), required("function", functionCall)),
            "custom" to
                Fields(
                    required("id", string(1)),
                    required("type", string()),
                    required("custom", Fields(required("name", string(1)), required("input", string()))),
                ),
        ),
    )

private fun plainMessage() =
    Fields(required("role", string()), required("content", content), optional("name", string(1)))

private fun message(vararg ofAssistants: Row) = byField(
    "role",
    mapOf(
        "developer" to plainMessage(),
        "system" to plainMessage(),
        "user" to plainMessage(),
        "assistant" to
            Fields(
                required("role", string()),
                optional("content", content),
                optional("refusal", string()),
                optional("name", string(1)),
                optional("audio", Fields(required("id", string(1)))),
                optional("tool_calls", list(toolCall, 1)),
                optional("function_call", functionCall),
                *ofAssistants,
            ),
        "tool" to
            Fields(
                required("role", string()),
                required("content", content),
                required("tool_call_id", string(1)),
            ),
        "function" to
            Fields(required("role", string()), optional("content", string()), required("name", string(1))),
    ),
)

private val function =
    Fields(
        required("name", functionName),
        optional("description", string()),
        optional("parameters", anyObject),
        optional("strict", boolean),
    )

private val tool =
    byField(
        "type",
        mapOf(
            "function" to Fields(required("type", string()), required("function", function)),
            "custom" to Fields(required("type", string()), required("custom", anyObject)),
        ),
    )

private val toolChoice =
    either(
        "a string or an object",
        JsonNode::isTextual to oneOf("none", "auto", "required"),
        JsonNode::isObject to
            byField(
                "type",
                mapOf(
                    "function" to
                        Fields(
                            required("type", string()),
                            required("function", Fields(required("name", functionName))),
                        ),
                    "allowed_tools" to Fields(required("type", string()), required("allowed_tools", anyObject)),
                    "custom" to Fields(required("type", string()), required("custom", anyObject)),
                ),
            ),
    )

private val responseFormat =
    byField(
        "type",
        mapOf(
            "text" to Fields(required("type", string())),
            "json_object" to Fields(required("type", string())),
            "json_schema" to
                Fields(
                    required("type", string()),
                    required(
                        "json_schema",
                        Fields(
                            required("name", functionName),
                            optional("description", string()),
                            optional("schema", anyObject),
                            optional("strict", boolean),
                        ),
                    ),
                ),
        ),
    )

private val stop =
    either(
        "a string or an array of strings",
        JsonNode::isTextual to anything,
        JsonNode::isArray to list(string(), 1, 4),
    )

internal val openAiChat = chat(message())

/** Also accepts what DeepSeek requires in the messages of an assistant that calls tools. */
internal val openAiChatWithReasoning = chat(message(optional(REASONING_CONTENT, string())))

internal const val REASONING_CONTENT: String = "reasoning_content"

private fun chat(message: Check) = Fields(
    required("model", string(1)),
    required("messages", list(message, 1)),
    optional("audio", anyObject),
    optional("frequency_penalty", number(-2.0, 2.0)),
    optional(
        "function_call",
        either(
            "a string or an object",
            JsonNode::isTextual to oneOf("none", "auto"),
            JsonNode::isObject to anyObject,
        ),
    ),
    optional("functions", list(function, 1, 128)),
    optional("logit_bias", valuesOf(number(-100.0, 100.0))),
    optional("logprobs", boolean),
    optional("max_completion_tokens", integer(1)),
    optional("max_tokens", integer(1)),
    optional("metadata", valuesOf(string())),
    optional("modalities", list(oneOf("text", "audio"), 1)),
    // The schema allows 128 choices, but this server supports only one: no user of it needs more.
    optional("n", integer(1, 1)),
    optional("parallel_tool_calls", boolean),
    optional("prediction", anyObject),
    optional("presence_penalty", number(-2.0, 2.0)),
    optional("moderation", anyObject),
    optional("prompt_cache_key", string()),
    optional("prompt_cache_options", promptCacheOptions),
    optional("prompt_cache_retention", oneOf("in_memory", "24h")),
    optional("reasoning_effort", reasoningEffort),
    optional("response_format", responseFormat),
    optional("safety_identifier", string()),
    optional("seed", integer()),
    optional("service_tier", oneOf("auto", "default", "flex", "scale", "priority", "fast")),
    optional("stop", stop),
    optional("store", boolean),
    optional("stream", boolean),
    optional(
        "stream_options",
        Fields(optional("include_usage", boolean), optional("include_obfuscation", boolean)),
    ),
    optional("temperature", number(0.0, 2.0)),
    optional("tool_choice", toolChoice),
    optional("tools", list(tool)),
    optional("top_logprobs", integer(0, 20)),
    optional("top_p", number(0.0, 1.0)),
    optional("user", string()),
    optional("verbosity", oneOf("low", "medium", "high")),
    optional("web_search_options", anyObject),
)

/** The rules that the tables cannot express: how fields and messages depend on each other. */
internal fun openAiCrossFields(body: JsonNode): Violation? = when {
    body.hasNonNull("stream_options") && !body.path("stream").booleanValue() ->
        Violation(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            "stream_options",
            null,
        )

    body.hasNonNull("tool_choice") && body.path("tools").isEmpty ->
        Violation("'tool_choice' is only allowed when 'tools' are specified.", "tool_choice", null)

    body.hasNonNull("max_tokens") && body.hasNonNull("max_completion_tokens") ->
        Violation("'max_tokens' and 'max_completion_tokens' cannot both be set.", "max_tokens", null)

    body.hasNonNull("top_logprobs") && !body.path("logprobs").booleanValue() ->
        Violation("'top_logprobs' requires 'logprobs' to be true.", "top_logprobs", null)

    else -> strictViolation(body) ?: toolLinks(body.path("messages"))
}

private fun strictViolation(body: JsonNode): Violation? {
    val format = body.path("response_format").path("json_schema")
    return strictSchemaViolation(format, format.path("schema"), "response_format.json_schema.schema")
}

/**
 * Every tool message must respond to a call of the assistant message before it, and every call must have a response
 * before the next turn.
 */
private fun toolLinks(messages: JsonNode): Violation? {
    val open = LinkedHashSet<String>()
    messages.forEachIndexed { at, message ->
        val path = "messages[$at]"
        val role = message.path("role").textValue()
        if (role == "tool") {
            if (!open.remove(message.path("tool_call_id").textValue())) {
                return Violation(
                    "Invalid parameter: messages with role 'tool' must be a response to a preceding message " +
                        "with 'tool_calls'.",
                    "$path.role",
                    null,
                )
            }
        } else if (open.isNotEmpty()) {
            return unanswered(open)
        }
        if (role == "assistant") {
            message.path("tool_calls").forEach { open += it.path("id").textValue() }
            val silent = listOf("content", "refusal", "tool_calls", "function_call", "audio").none {
                message.hasNonNull(it)
            }
            if (silent) {
                return Violation(
                    "Invalid value for 'content': expected a string, got null.",
                    "$path.content",
                    null,
                )
            }
        }
    }
    return if (open.isEmpty()) null else unanswered(open)
}

private fun unanswered(open: Set<String>) = Violation(
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
        "The following tool_call_ids did not have response messages: ${open.joinToString()}",
    "messages",
    null,
)
