package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

// Field tables of POST /v1/messages, written from Anthropic's API reference "Create a Message" (CreateMessageParams
// and the components it refers to in its OpenAPI document). The role "system" inside messages, which only the newest
// models support, is refused.

private val cacheControl = Fields(required("type", oneOf("ephemeral")), optional("ttl", oneOf("5m", "1h")))

private fun block(vararg rows: Row) = Fields(*rows, required("type", string()), optional("cache_control", cacheControl))

private val textBlock = block(required("text", string(1)), optional("citations", list(anyObject)))

private val pdfBase64 =
    Fields(required("type", string()), required("media_type", oneOf("application/pdf")), required("data", base64Data))
private val url = Fields(required("type", string()), required("url", webUrl))
private val file = Fields(required("type", string()), required("file_id", string(1)))
private val plain =
    Fields(required("type", string()), required("media_type", oneOf("text/plain")), required("data", string()))

private val imageBase64 =
    Fields(
        required("type", string()),
        required("media_type", oneOf("image/jpeg", "image/png", "image/gif", "image/webp")),
        required("data", base64Data),
    )

private val image =
    block(
        required("source", byField("type", mapOf("base64" to imageBase64, "url" to url, "file" to file))),
        optional("transformations", anyObject),
    )

private val document =
    block(
        required(
            "source",
            byField(
                "type",
                mapOf("base64" to pdfBase64, "url" to url, "file" to file, "text" to plain, "content" to anyObject),
            ),
        ),
        optional("title", string()),
        optional("context", string()),
        optional("citations", Fields(optional("enabled", boolean))),
    )

private val searchResult =
    block(
        required("source", string(1)),
        required("title", string(1)),
        required("content", list(textBlock, 1)),
        optional("citations", Fields(optional("enabled", boolean))),
    )

private val toolResult =
    block(
        required("tool_use_id", toolId()),
        optional(
            "content",
            either(
                "a string or an array of content blocks",
                JsonNode::isTextual to anything,
                JsonNode::isArray to
                    list(
                        byField(
                            "type",
                            mapOf(
                                "text" to textBlock,
                                "image" to image,
                                "document" to document,
                                "search_result" to searchResult,
                            ),
                        ),
                    ),
            ),
        ),
        optional("is_error", boolean),
        optional("toolset_name", string(1)),
    )

private val toolUse =
    block(
        required("id", toolId()),
        required("name", toolName()),
        required("input", anyObject),
        optional("caller", anyObject),
    )

private val thinkingBlock =
    Fields(required("type", string()), required("thinking", string()), required("signature", string()))

private val redactedBlock = Fields(required("type", string()), required("data", string()))

private fun content(blocks: Map<String, Check>) = either(
    "a string or an array of content blocks",
    JsonNode::isTextual to string(1),
    JsonNode::isArray to list(byField("type", blocks), 1),
)

// Blocks of server tools in a conversation are accepted unchecked.
private val serverBlocks =
    listOf(
        "server_tool_use",
        "web_search_tool_result",
        "web_fetch_tool_result",
        "code_execution_tool_result",
        "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
        "mcp_tool_use",
        "mcp_tool_result",
        "container_upload",
    ).associateWith { anyObject }

private val message =
    byField(
        "role",
        mapOf(
            "user" to
                Fields(
                    required("role", string()),
                    required(
                        "content",
                        content(
                            serverBlocks +
                                mapOf(
                                    "text" to textBlock,
                                    "image" to image,
                                    "document" to document,
                                    "search_result" to searchResult,
                                    "tool_result" to toolResult,
                                ),
                        ),
                    ),
                ),
            "assistant" to
                Fields(
                    required("role", string()),
                    required(
                        "content",
                        content(
                            serverBlocks +
                                mapOf(
                                    "text" to textBlock,
                                    "tool_use" to toolUse,
                                    "thinking" to thinkingBlock,
                                    "redacted_thinking" to redactedBlock,
                                ),
                        ),
                    ),
                ),
        ),
    )

private fun matching(pattern: String) = Check { value, path ->
    when {
        !value.isTextual -> wrongType(value, path, "a string")
        Regex(pattern).matches(value.textValue()) -> null
        else -> invalid(path, "String should match pattern '^$pattern$'")
    }
}

private fun toolName() = matching("[a-zA-Z0-9_-]{1,128}")

private fun toolId() = matching("[a-zA-Z0-9_-]+")

private val clientTool =
    Fields(
        required("name", toolName()),
        optional("description", string()),
        required(
            "input_schema",
            Check { value, path ->
                when {
                    !value.isObject -> wrongType(value, path, "an object")
                    value.text("type") == "object" -> null
                    else -> invalid("$path.type", "Input should be 'object'")
                }
            },
        ),
        optional("type", oneOf("custom")),
        optional("cache_control", cacheControl),
        optional("strict", boolean),
        optional("defer_loading", boolean),
        optional("eager_input_streaming", boolean),
        optional("allowed_callers", list(string(1))),
        optional("input_examples", list(anyObject)),
    )

/** Anthropic's own tools have a type with a date. Their other fields are not checked. */
private val tool =
    Check { value, path ->
        val type = value.text("type")
        when {
            type == null || type == "custom" -> clientTool.violation(value, path)
            Regex("[a-z0-9_]+_\\d{8}").matches(type) -> null
            else -> invalid("$path.type", "Input tag '$type' does not match any of the expected tags")
        }
    }

private val toolChoice =
    byField(
        "type",
        mapOf(
            "auto" to Fields(required("type", string()), optional("disable_parallel_tool_use", boolean)),
            "any" to Fields(required("type", string()), optional("disable_parallel_tool_use", boolean)),
            "tool" to
                Fields(
                    required("type", string()),
                    required("name", toolName()),
                    optional("disable_parallel_tool_use", boolean),
                ),
            "none" to Fields(required("type", string())),
        ),
    )

private val thinkingDisplay = oneOf("summarized", "omitted")

private val thinking =
    byField(
        "type",
        mapOf(
            "enabled" to
                Fields(
                    required("type", string()),
                    required("budget_tokens", integer(1024)),
                    optional("display", thinkingDisplay),
                ),
            "adaptive" to Fields(required("type", string()), optional("display", thinkingDisplay)),
            "disabled" to Fields(required("type", string())),
            "between_tools" to Fields(required("type", string())),
        ),
    )

internal val anthropicMessages =
    Fields(
        required("model", string(1)),
        required("max_tokens", integer(0)),
        required("messages", list(message, 1, 100_000)),
        optional("cache_control", cacheControl),
        optional("container", anything),
        optional("diagnostics", anyObject),
        optional("inference_geo", string(1)),
        optional("metadata", Fields(optional("user_id", string()))),
        optional(
            "output_config",
            Fields(
                optional("effort", oneOf("low", "medium", "high", "xhigh", "max")),
                optional("format", Fields(required("type", oneOf("json_schema")), required("schema", anyObject))),
            ),
        ),
        optional("service_tier", oneOf("auto", "standard_only")),
        optional("speed", oneOf("standard", "fast")),
        optional("stop_sequences", list(string(1))),
        optional("stream", boolean),
        optional(
            "system",
            either(
                "a string or an array of text blocks",
                JsonNode::isTextual to anything,
                JsonNode::isArray to list(byField("type", mapOf("text" to textBlock))),
            ),
        ),
        optional("temperature", number(0.0, 1.0)),
        optional("thinking", thinking),
        optional("tool_choice", toolChoice),
        optional("tools", list(tool)),
        optional("top_k", integer(0)),
        optional("top_p", number(0.0, 1.0)),
    )

/** Version 2026-10-21 of the API does not accept sampling parameters, for any model (page "Versions"). */
internal val anthropicMessages20261021 = anthropicMessages.without("temperature", "top_p", "top_k")
