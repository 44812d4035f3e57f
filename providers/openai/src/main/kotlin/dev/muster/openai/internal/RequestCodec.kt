package dev.muster.openai.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.http.JsonWriter

/** Writes a request. What is not set is left out; a field of `extra` replaces the one of the same name. */
internal fun encode(model: String, request: ChatRequest, preset: Preset, stream: Boolean): ByteArray {
    val extra = request.extra
    return JsonWriter()
        .obj {
            field(extra, "model") { value(model) }
            field(extra, "messages") { array { request.messages.forEach { message(it) } } }
            request.temperature?.let { field(extra, "temperature") { any(it) } }
            request.topP?.let { field(extra, "top_p") { any(it) } }
            request.maxTokens?.let { field(extra, preset.maxTokens) { any(it) } }
            request.seed?.let { field(extra, preset.seed) { any(it) } }
            if (request.stop.isNotEmpty()) field(extra, "stop") { any(request.stop) }
            if (request.tools.isNotEmpty()) field(extra, "tools") { array { request.tools.forEach { tool(it) } } }
            // Never from extra: how the answer is read depends on it.
            if (stream) {
                name("stream").any(true)
                if (preset.streamOptions) {
                    field(extra, "stream_options") { obj { name("include_usage").any(true) } }
                }
            }
            extra.forEach { (name, value) -> if (name != "stream") name(name).any(value) }
        }.toByteArray()
}

private inline fun JsonWriter.field(extra: Map<String, Any?>, name: String, write: JsonWriter.() -> Unit) {
    if (name in extra) return
    name(name)
    write()
}

private fun JsonWriter.message(message: Message) {
    obj {
        name("role").value(role(message.role))
        val text = message.text
        if (text.isEmpty() && message.toolCalls.isNotEmpty()) {
            name("content").any(null)
        } else {
            name("content").value(text)
        }
        if (message.toolCalls.isNotEmpty()) {
            name("tool_calls").array { message.toolCalls.forEach { toolCall(it) } }
        }
        message.toolCallId?.let { name("tool_call_id").value(it) }
    }
}

private fun role(role: Role) = when (role) {
    Role.SYSTEM -> "system"
    Role.USER -> "user"
    Role.ASSISTANT -> "assistant"
    Role.TOOL -> "tool"
}

private fun JsonWriter.toolCall(call: ToolCall) {
    obj {
        name("id").value(call.id)
        name("type").value("function")
        name("function").obj {
            name("name").value(call.name)
            name("arguments").value(call.arguments)
        }
    }
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
