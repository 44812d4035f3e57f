package dev.muster.ollama.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.ToolDefinition
import dev.muster.http.JsonWriter
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject

/**
 * Writes a request. What is not set is left out; a field of `extra` replaces the one of the same name, and `options`
 * there are added to ours.
 */
internal fun encode(model: String, request: ChatRequest, stream: Boolean): ByteArray {
    val extra = request.extra
    val options = options(request)
    return JsonWriter()
        .obj {
            field(extra, "model") { value(model) }
            field(extra, "messages") { array { request.messages.forEach { message(it, request.messages) } } }
            if (request.tools.isNotEmpty()) field(extra, "tools") { array { request.tools.forEach { tool(it) } } }
            if (options.isNotEmpty()) name("options").any(options)
            // Never from extra: how the answer is read depends on it. Ollama streams unless told not to.
            name("stream").any(stream)
            extra.forEach { (name, value) -> if (name != "stream" && name != "options") name(name).any(value) }
        }.toByteArray()
}

private fun options(request: ChatRequest): Map<String, Any?> = buildMap {
    request.temperature?.let { put("temperature", it) }
    request.topP?.let { put("top_p", it) }
    request.maxTokens?.let { put("num_predict", it) }
    request.seed?.let { put("seed", it) }
    if (request.stop.isNotEmpty()) put("stop", request.stop)
    (request.extra["options"] as? Map<*, *>)?.forEach { (name, value) -> put(name.toString(), value) }
}

private inline fun JsonWriter.field(extra: Map<String, Any?>, name: String, write: JsonWriter.() -> Unit) {
    if (name in extra) return
    name(name)
    write()
}

private fun JsonWriter.message(message: Message, conversation: List<Message>) {
    obj {
        name("role").value(role(message.role))
        name("content").value(message.text)
        if (message.toolCalls.isNotEmpty()) {
            name("tool_calls").array {
                message.toolCalls.forEach { call ->
                    obj {
                        name("id").value(call.id)
                        name("function").obj {
                            name("name").value(call.name)
                            name("arguments").raw(objectOrEmpty(call.arguments))
                        }
                    }
                }
            }
        }
        message.toolCallId?.let { id ->
            name("tool_call_id").value(id)
            // Older servers link a result to its call by the tool's name.
            toolName(id, conversation)?.let { name("tool_name").value(it) }
        }
    }
}

private fun role(role: Role) = when (role) {
    Role.SYSTEM -> "system"
    Role.USER -> "user"
    Role.ASSISTANT -> "assistant"
    Role.TOOL -> "tool"
}

private fun toolName(id: String, conversation: List<Message>): String? =
    conversation.asReversed().firstNotNullOfOrNull { said -> said.toolCalls.find { it.id == id }?.name }

/** Ollama takes an object, where the model may have written anything. */
private fun objectOrEmpty(arguments: String): String = try {
    (Json.parseToJsonElement(arguments) as? JsonObject)?.toString() ?: "{}"
} catch (_: SerializationException) {
    "{}"
}

private fun JsonWriter.tool(tool: ToolDefinition) {
    obj {
        name("type").value("function")
        name("function").obj {
            name("name").value(tool.name)
            name("description").value(tool.description)
            name("parameters").any(tool.parameters)
        }
    }
}
