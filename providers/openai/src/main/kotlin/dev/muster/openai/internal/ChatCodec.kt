package dev.muster.openai.internal

import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.Role
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.error.InvalidRequestException
import dev.muster.http.codec.JsonWriter
import kotlinx.serialization.json.JsonObject

/** The API format that marks the [ContentPart.Reasoning] and [ContentPart.Opaque] parts of chat completions. */
internal const val CHAT_FORM: String = "openai-chat"

/** Writes a request for chat completions. */
internal fun encodeChat(model: String, writer: RequestWriter, stream: Boolean): ByteArray = with(writer) {
    checkTools(isChat = true)
    body(model, stream) {
        field("messages") { array { request.messages.forEach { writer.message(this, it) } } }
        request.maxTokens?.let { field(dialect.maxTokens) { any(it) } }
        request.seed?.let { field(dialect.seed) { any(it) } }
        if (request.stop.isNotEmpty()) field("stop") { any(request.stop) }
        if (request.tools.isNotEmpty()) field("tools") { array { request.tools.forEach { writer.tool(this, it) } } }
        toolChoice { name("function").obj { name("name").value(it) } }
        writer.reasoning(this)
        request.responseFormat?.let { format ->
            field("response_format") {
                obj {
                    name("type").value("json_schema")
                    name("json_schema").schema(format)
                }
            }
        }
        if (stream) streamOptions()
    }
}

private fun RequestWriter.reasoning(json: JsonWriter) {
    val reasoning = request.reasoning ?: return
    when (val format = dialect.reasoning) {
        is ReasoningFormat.Effort -> effort(format)?.let { json.field("reasoning_effort") { value(it) } }

        is ReasoningFormat.Nested ->
            json.field("reasoning") {
                obj {
                    reasoning.effort?.let { name("effort").value(WORDS.word(it).orEmpty()) }
                    reasoning.budgetTokens?.let { name("max_tokens").any(it) }
                }
            }

        is ReasoningFormat.Switch ->
            if (reasoning.effort == ReasoningEffort.NONE) {
                json.field("thinking") { obj { name("type").value("disabled") } }
            } else {
                effort(WORDS)?.let { json.field("reasoning_effort") { value(it) } }
            }
    }
}

private val WORDS = ReasoningFormat.Effort()

private fun RequestWriter.message(json: JsonWriter, message: Message) = json.obj {
    val audio = message.opaque(AUDIO)?.get("id")?.string()
    name("role").value(role(message.role))
    name("content")
    if (message.content.any { it is ContentPart.Media }) {
        array { message.content.forEach { part(this, message.role, it) } }
    } else {
        val text = message.text
        val isMore = message.toolCalls.isNotEmpty() || audio != null
        if (text.isEmpty() && isMore) any(null) else value(text)
    }
    if (message.toolCalls.isNotEmpty()) {
        // An endpoint that wants the field refuses messages without it, so it is sent even if empty.
        if (dialect.wantsReasoningBack) name("reasoning_content").value(reasoningOf(message))
        name("tool_calls").array { message.toolCalls.forEach { toolCall(this, it, message) } }
    }
    audio?.let { name(AUDIO).obj { name("id").value(it) } }
    message.toolCallId?.let { name("tool_call_id").value(callId(it)) }
}

private fun reasoningOf(message: Message): String = message.content
    .filterIsInstance<ContentPart.Reasoning>()
    .filter { it.apiFormat == CHAT_FORM }
    .joinToString("") { it.text }

private fun RequestWriter.part(json: JsonWriter, role: Role, part: ContentPart) {
    if (role != Role.USER) refuseMedia(role, part)
    when (part) {
        is ContentPart.Text -> json.obj {
            name("type").value("text")
            name("text").value(part.text)
        }

        is ContentPart.Image -> json.obj {
            name("type").value("image_url")
            name("image_url").obj { name("url").value(part.dataUrl ?: part.url.orEmpty()) }
        }

        is ContentPart.Document -> json.obj {
            val data = part.dataUrl ?: refuse("documents cannot be sent by URL: send bytes or use openai-responses")
            name("type").value("file")
            name("file").obj {
                name("filename").value(part.fileName)
                name("file_data").value(data)
            }
        }

        is ContentPart.Reasoning, is ContentPart.Opaque -> Unit

        else -> throw InvalidRequestException("This API format refuses a part of type ${part.javaClass.simpleName}")
    }
}

private fun role(role: Role) = when (role) {
    Role.SYSTEM -> "system"
    Role.USER -> "user"
    Role.ASSISTANT -> "assistant"
    Role.TOOL -> "tool"
}

private fun RequestWriter.toolCall(json: JsonWriter, call: ToolCall, message: Message) {
    val custom = message.opaque(CUSTOM) { it["id"].string() == call.id }?.get(CUSTOM) as? JsonObject
    json.obj {
        name("id").value(callId(call.id))
        name("type").value(if (custom == null) "function" else CUSTOM)
        if (custom == null) {
            name("function").obj {
                name("name").value(sentName(call.name))
                name("arguments").value(call.arguments)
            }
        } else {
            name(CUSTOM).raw(custom.toString())
        }
    }
}

/** Returns the opaque part of [type] from a chat completion that matches [wanted]; null if there is none. */
private fun Message.opaque(type: String, wanted: (JsonObject) -> Boolean = { true }): JsonObject? = content
    .filter { it is ContentPart.Opaque && it.apiFormat == CHAT_FORM && it.type == type }
    .firstNotNullOfOrNull { part ->
        readWire(JsonObject.serializer(), (part as ContentPart.Opaque).json)?.takeIf(wanted)
    }

private fun RequestWriter.tool(json: JsonWriter, tool: ToolDefinition) {
    json.obj {
        name("type").value("function")
        name("function").obj {
            name("name").value(tool.name)
            name("description").value(tool.description)
            name("parameters").any(parametersOf(tool))
        }
    }
}
