package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

// Field tables of POST /api/chat, written from Ollama's docs/api.md, "Generate a chat completion", and, for the
// options, from its Modelfile reference, "Valid Parameters and Values", and the table of runner options in
// docs/api.md.

private val ollamaToolCall =
    Fields(
        optional("id", string()),
        optional("type", oneOf("function")),
        required(
            "function",
            Fields(required("name", string(1)), required("arguments", anyObject), optional("index", integer(0))),
        ),
    )

private fun ollamaMessage(vararg more: Row) = Fields(
    *more,
    required("role", string()),
    optional("content", string()),
    optional("images", list(base64Data)),
    optional("thinking", string()),
)

private val ollamaTool =
    Fields(
        required("type", oneOf("function")),
        required(
            "function",
            Fields(
                required("name", string(1)),
                optional("description", string()),
                optional("parameters", anyObject),
                optional("strict", boolean),
            ),
        ),
    )

private val ollamaOptions =
    Fields(
        optional("num_keep", integer()),
        optional("seed", integer()),
        optional("num_predict", integer(-2)),
        optional("top_k", integer(0)),
        optional("top_p", number(0.0, 1.0)),
        optional("min_p", number(0.0, 1.0)),
        optional("typical_p", number(0.0, 1.0)),
        optional("tfs_z", number(0.0)),
        optional("repeat_last_n", integer(-1)),
        optional("temperature", number(0.0, 2.0)),
        optional("repeat_penalty", number(0.0)),
        optional("presence_penalty", number()),
        optional("frequency_penalty", number()),
        optional("mirostat", integer(0, 2)),
        optional("mirostat_tau", number(0.0)),
        optional("mirostat_eta", number(0.0)),
        optional("penalize_newline", boolean),
        optional("stop", list(string())),
        optional("numa", boolean),
        optional("num_ctx", integer(1)),
        optional("num_batch", integer(1)),
        optional("num_gpu", integer(-1)),
        optional("main_gpu", integer(0)),
        optional("low_vram", boolean),
        optional("vocab_only", boolean),
        optional("use_mmap", boolean),
        optional("use_mlock", boolean),
        optional("num_thread", integer(0)),
    )

internal val ollamaChat =
    Fields(
        required("model", string(1)),
        required(
            "messages",
            list(
                byField(
                    "role",
                    mapOf(
                        "system" to ollamaMessage(),
                        "user" to ollamaMessage(),
                        "assistant" to ollamaMessage(optional("tool_calls", list(ollamaToolCall))),
                        "tool" to ollamaMessage(optional("tool_name", string(1)), optional("tool_call_id", string(1))),
                    ),
                ),
                1,
            ),
        ),
        optional("tools", list(ollamaTool)),
        optional(
            "think",
            either(
                "a boolean or a level",
                JsonNode::isBoolean to anything,
                JsonNode::isTextual to oneOf("low", "medium", "high", "max"),
            ),
        ),
        optional(
            "format",
            either(
                "'json' or a schema",
                JsonNode::isTextual to oneOf("json", ""),
                JsonNode::isObject to anything,
            ),
        ),
        optional("options", ollamaOptions),
        optional("stream", boolean),
        optional("keep_alive", either("a duration", JsonNode::isTextual to anything, JsonNode::isNumber to anything)),
        optional("truncate", boolean),
        optional("shift", boolean),
        optional("logprobs", boolean),
        optional("top_logprobs", integer(0, 20)),
    )

/** `POST /api/embed`, from docs/api.md, "Generate Embeddings", and EmbedRequest in Ollama's api/types.go. */
internal val ollamaEmbed =
    Fields(
        required("model", string(1)),
        required(
            "input",
            either(
                "a string or a list of strings",
                JsonNode::isTextual to anything,
                JsonNode::isArray to list(string()),
            ),
        ),
        optional("truncate", boolean),
        optional("dimensions", integer(0)),
        optional("options", ollamaOptions),
        optional("keep_alive", either("a duration", JsonNode::isTextual to anything, JsonNode::isNumber to anything)),
    )

/**
 * A tool message must follow an assistant message that called a tool. If it has an id, the id must be one of that
 * message's calls.
 */
internal fun ollamaCrossFields(body: JsonNode): Violation? {
    var called = false
    val ids = HashSet<String>()
    body.path("messages").forEachIndexed { at, message ->
        when (message.text("role")) {
            "assistant" -> {
                val calls = message.path("tool_calls")
                called = !calls.isEmpty
                ids.clear()
                calls.forEach { call -> call.text("id")?.let { ids += it } }
            }

            "tool" -> {
                val id = message.text("tool_call_id")
                val foreign = id != null && ids.isNotEmpty() && id !in ids
                if (!called || foreign) {
                    return Violation("messages[$at]: a tool message must follow the call it answers", null, null)
                }
            }

            else -> called = false
        }
    }
    return null
}
