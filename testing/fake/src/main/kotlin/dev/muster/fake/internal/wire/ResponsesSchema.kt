package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

// Field tables of POST /v1/responses, written from the components CreateResponse, InputItem, FunctionTool, Reasoning
// and ResponseTextParam of OpenAI's OpenAPI document. Items and definitions of OpenAI's own tools are accepted
// unchecked.

private val breakpoint = optional("prompt_cache_breakpoint", Fields(required("mode", oneOf("explicit"))))

private val detail = oneOf("low", "high", "auto", "original")

private val inputText = Fields(required("type", string()), required("text", string()), breakpoint)

private val inputFile =
    Fields(
        required("type", string()),
        optional("file_id", string()),
        optional("filename", string()),
        optional("file_data", dataUrl),
        optional("file_url", webUrl),
        optional("detail", oneOf("auto", "low", "high")),
        breakpoint,
    )

private fun inputImage(detail: Row) = Fields(
    required("type", string()),
    optional("image_url", imageUrl),
    optional("file_id", string()),
    detail,
    breakpoint,
)

private val inputContent =
    byField(
        "type",
        mapOf(
            "input_text" to inputText,
            "input_image" to inputImage(required("detail", detail)),
            "input_file" to inputFile,
        ),
    )

private val toolResultContent =
    byField(
        "type",
        mapOf(
            "input_text" to inputText,
            "input_image" to inputImage(optional("detail", detail)),
            "input_file" to inputFile,
        ),
    )

private val outputContent =
    byField(
        "type",
        mapOf(
            "output_text" to
                Fields(
                    required("type", string()),
                    required("text", string()),
                    required("annotations", list(anyObject)),
                    optional("logprobs", list(anyObject)),
                ),
            "refusal" to Fields(required("type", string()), required("refusal", string())),
        ),
    )

private fun textOr(parts: Check) = either(
    "a string or an array of content parts",
    JsonNode::isTextual to anything,
    JsonNode::isArray to list(parts, 1),
)

private val status = oneOf("in_progress", "completed", "incomplete")

private val phase = optional("phase", oneOf("commentary", "final_answer"))

private fun inputMessage() = Fields(
    optional("type", oneOf("message")),
    required("role", string()),
    required("content", textOr(inputContent)),
    optional("status", status),
    phase,
)

/** An assistant message: its text alone, or a whole item of a response. */
private val assistantMessage =
    either(
        "a message",
        { node: JsonNode -> node.path("content").isTextual } to
            Fields(
                optional("type", oneOf("message")),
                required("role", string()),
                required("content", string()),
                phase,
            ),
        { _: JsonNode -> true } to
            Fields(
                required("type", oneOf("message")),
                required("role", string()),
                required("content", list(outputContent)),
                required("id", string(1)),
                required("status", status),
                phase,
            ),
    )

private val messageItem =
    byField(
        "role",
        mapOf(
            "user" to inputMessage(),
            "system" to inputMessage(),
            "developer" to inputMessage(),
            "assistant" to assistantMessage,
        ),
    )

private val functionCallItem =
    Fields(
        required("type", string()),
        optional("id", string()),
        required("call_id", string(1)),
        required("name", functionName),
        required("arguments", string()),
        optional("namespace", string()),
        optional("caller", anyObject),
        optional("status", status),
    )

private val functionOutputItem =
    Fields(
        required("type", string()),
        optional("id", string()),
        required("call_id", string(1)),
        required("output", textOr(toolResultContent)),
        optional("name", string(1)),
        optional("namespace", string(1)),
        optional("caller", anyObject),
        optional("status", status),
    )

private fun textsOf(type: String) = list(Fields(required("type", oneOf(type)), required("text", string())))

private val reasoningItem =
    Fields(
        required("type", string()),
        required("id", string(1)),
        required("summary", textsOf("summary_text")),
        optional("content", textsOf("reasoning_text")),
        optional("encrypted_content", string(1)),
        optional("status", status),
    )

private val unread =
    setOf(
        "additional_tools", "apply_patch_call", "apply_patch_call_output", "code_interpreter_call", "compaction",
        "compaction_trigger", "computer_call", "computer_call_output", "custom_tool_call", "custom_tool_call_output",
        "file_search_call", "image_generation_call", "item_reference", "local_shell_call", "local_shell_call_output",
        "mcp_approval_request", "mcp_approval_response", "mcp_call", "mcp_list_tools", "program", "program_output",
        "shell_call", "shell_call_output", "tool_search_call", "tool_search_output", "web_search_call",
    )

private val typedItem =
    byField(
        "type",
        mapOf(
            "message" to messageItem,
            "function_call" to functionCallItem,
            "function_call_output" to functionOutputItem,
            "reasoning" to reasoningItem,
        ) + unread.associateWith { anyObject },
    )

/** A message may omit its type. */
private val item =
    either(
        "an object",
        { node: JsonNode -> node.isObject && !node.has("type") } to messageItem,
        JsonNode::isObject to typedItem,
    )

private val functionTool =
    Fields(
        required("type", string()),
        required("name", functionName),
        optional("description", string()),
        present("parameters", anyObject),
        present("strict", boolean),
        optional("output_schema", anyObject),
        optional("defer_loading", boolean),
        optional("allowed_callers", list(oneOf("direct", "programmatic"))),
    )

private val hostedTools =
    setOf(
        "apply_patch", "code_interpreter", "computer", "computer_use_preview", "custom", "file_search",
        "image_generation", "local_shell", "mcp", "namespace", "programmatic_tool_calling", "shell", "tool_search",
        "web_search", "web_search_preview",
    )

private val tool = byField("type", mapOf("function" to functionTool) + hostedTools.associateWith { anyObject })

private val toolChoice =
    either(
        "a string or an object",
        JsonNode::isTextual to oneOf("none", "auto", "required"),
        JsonNode::isObject to
            byField(
                "type",
                mapOf(
                    "function" to Fields(required("type", string()), required("name", functionName)),
                    "allowed_tools" to
                        Fields(
                            required("type", string()),
                            required("mode", oneOf("auto", "required")),
                            required("tools", list(anyObject, 1)),
                        ),
                ) + hostedTools.associateWith { anyObject },
            ),
    )

private val format =
    byField(
        "type",
        mapOf(
            "text" to Fields(required("type", string())),
            "json_object" to Fields(required("type", string())),
            "json_schema" to
                Fields(
                    required("type", string()),
                    required("name", functionName),
                    required("schema", anyObject),
                    optional("description", string()),
                    optional("strict", boolean),
                ),
        ),
    )

private val reasoning =
    Fields(
        optional("context", oneOf("auto", "current_turn", "all_turns")),
        optional("effort", reasoningEffort),
        optional("generate_summary", oneOf("auto", "concise", "detailed")),
        optional("mode", string()),
        optional("summary", oneOf("auto", "concise", "detailed")),
    )

private val included =
    oneOf(
        "file_search_call.results",
        "web_search_call.results",
        "web_search_call.action.sources",
        "message.input_image.image_url",
        "computer_call_output.output.image_url",
        "code_interpreter_call.outputs",
        ENCRYPTED_REASONING,
        "message.output_text.logprobs",
    )

internal const val ENCRYPTED_REASONING: String = "reasoning.encrypted_content"

internal val createResponse =
    Fields(
        required("model", string(1)),
        optional(
            "input",
            either(
                "a string or an array of items",
                JsonNode::isTextual to anything,
                JsonNode::isArray to list(item),
            ),
        ),
        optional("background", boolean),
        optional("context_management", list(anyObject, 1)),
        optional(
            "conversation",
            either("a string or an object", JsonNode::isTextual to anything, JsonNode::isObject to anyObject),
        ),
        optional("include", list(included)),
        optional("instructions", string()),
        optional("max_output_tokens", integer(16)),
        optional("max_tool_calls", integer()),
        optional("metadata", valuesOf(string())),
        optional("moderation", anyObject),
        optional("parallel_tool_calls", boolean),
        optional("previous_response_id", string()),
        optional("prompt", anyObject),
        optional("prompt_cache_key", string()),
        optional("prompt_cache_options", promptCacheOptions),
        optional("prompt_cache_retention", oneOf("in_memory", "24h")),
        optional("reasoning", reasoning),
        optional("safety_identifier", string()),
        optional("service_tier", oneOf("auto", "default", "flex", "scale", "priority", "fast", "ultrafast")),
        optional("store", boolean),
        optional("stream", boolean),
        optional("stream_options", Fields(optional("include_obfuscation", boolean))),
        optional("temperature", number(0.0, 2.0)),
        optional("text", Fields(optional("format", format), optional("verbosity", oneOf("low", "medium", "high")))),
        optional("tool_choice", toolChoice),
        optional("tools", list(tool)),
        optional("top_logprobs", integer(0, 20)),
        optional("top_p", number(0.0, 1.0)),
        optional("truncation", oneOf("auto", "disabled")),
        optional("user", string()),
    )
