package dev.muster.anthropic.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.http.JsonWriter
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject

/**
 * Asked for where the request sets no limit, because the API demands one: the most that every model of Anthropic's
 * models overview can write.
 */
internal const val DEFAULT_MAX_TOKENS = 4096

/** Writes a request. What is not set is left out; a field of `extra` replaces the one of the same name. */
internal fun encode(model: String, request: ChatRequest, stream: Boolean): ByteArray {
    val extra = request.extra
    val system = request.messages.filter { it.role == Role.SYSTEM && it.text.isNotBlank() }
    return JsonWriter()
        .obj {
            field(extra, "model") { value(model) }
            field(extra, "max_tokens") { any(request.maxTokens ?: DEFAULT_MAX_TOKENS) }
            if (system.isNotEmpty()) field(extra, "system") { system(system) }
            field(extra, "messages") { array { turns(request.messages) } }
            request.temperature?.let { field(extra, "temperature") { any(it) } }
            request.topP?.let { field(extra, "top_p") { any(it) } }
            if (request.stop.isNotEmpty()) field(extra, "stop_sequences") { any(request.stop) }
            if (request.tools.isNotEmpty()) field(extra, "tools") { array { request.tools.forEach { tool(it) } } }
            // Never from extra: how the answer is read depends on it.
            if (stream) name("stream").any(true)
            extra.forEach { (name, value) -> if (name != "stream") name(name).any(value) }
        }.toByteArray()
}

private inline fun JsonWriter.field(extra: Map<String, Any?>, name: String, write: JsonWriter.() -> Unit) {
    if (name in extra) return
    name(name)
    write()
}

private fun JsonWriter.system(messages: List<Message>) {
    val only = messages.singleOrNull()
    if (only != null) value(only.text) else array { messages.forEach { textBlock(it.text) } }
}

/** All results of one round of tools have to stand in one user turn, right behind the turn that asked for them. */
private fun JsonWriter.turns(messages: List<Message>) {
    val results = ArrayList<Message>()
    for (message in messages) {
        if (message.role == Role.TOOL) {
            results += message
        } else if (message.role != Role.SYSTEM) {
            toolResults(results)
            results.clear()
            turn(message)
        }
    }
    toolResults(results)
}

private fun JsonWriter.toolResults(results: List<Message>) {
    if (results.isEmpty()) return
    turn("user") {
        array {
            results.forEach { result ->
                obj {
                    name("type").value("tool_result")
                    name("tool_use_id").value(result.toolCallId.orEmpty())
                    name("content").value(result.text)
                }
            }
        }
    }
}

private fun JsonWriter.turn(message: Message) {
    val text = message.text
    val role = if (message.role == Role.ASSISTANT) "assistant" else "user"
    if (message.toolCalls.isNotEmpty()) {
        turn(role) {
            array {
                // The API refuses empty text.
                if (text.isNotBlank()) textBlock(text)
                message.toolCalls.forEach { toolUse(it) }
            }
        }
    } else {
        turn(role) { value(text) }
    }
}

private inline fun JsonWriter.turn(role: String, content: JsonWriter.() -> Unit) {
    obj {
        name("role").value(role)
        name("content").content()
    }
}

private fun JsonWriter.textBlock(text: String) {
    obj {
        name("type").value("text")
        name("text").value(text)
    }
}

private fun JsonWriter.toolUse(call: ToolCall) {
    obj {
        name("type").value("tool_use")
        name("id").value(call.id)
        name("name").value(call.name)
        name("input").raw(objectOrEmpty(call.arguments))
    }
}

/** The API takes an object, where the model may have written anything. */
private fun objectOrEmpty(arguments: String): String = try {
    (Json.parseToJsonElement(arguments) as? JsonObject)?.toString() ?: "{}"
} catch (_: SerializationException) {
    "{}"
}

private fun JsonWriter.tool(tool: ToolDefinition) {
    obj {
        name("name").value(tool.name)
        if (tool.description.isNotBlank()) name("description").value(tool.description)
        // The API wants the type said, also by a tool that takes nothing.
        name("input_schema").any(mapOf("type" to "object") + tool.parameters)
    }
}
