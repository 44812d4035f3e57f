package dev.muster.openai.internal

import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.ToolDefinition
import dev.muster.error.InvalidRequestException
import dev.muster.http.codec.JsonWriter

/** Writes a request for the Responses API. A message becomes one or more items. The provider stores nothing. */
internal fun encodeResponses(model: String, writer: RequestWriter, stream: Boolean): ByteArray = with(writer) {
    if (request.stop.isNotEmpty()) refuse("stop sequences are not supported: remove them or use chat completions")
    if (request.seed != null) refuse("a seed is not supported: remove it or use chat completions")
    checkTools(isChat = false)
    val customs = CustomCalls(request.messages)
    body(model, stream) {
        field("input") { array { request.messages.forEach { writer.items(this, it, customs) } } }
        request.maxTokens?.let { field("max_output_tokens") { any(it) } }
        if (request.tools.isNotEmpty()) field("tools") { array { request.tools.forEach { writer.tool(this, it) } } }
        toolChoice { name("name").value(it) }
        writer.reasoning(this)
        request.responseFormat?.let { format ->
            field("text") { obj { name("format").schema(format) { name("type").value("json_schema") } } }
        }
        field("store") { any(false) }
        // Only if there is reasoning: models without reasoning refuse it.
        if (asksToReason() || request.messages.any { it.hasThoughts() }) {
            field("include") { any(listOf("reasoning.encrypted_content")) }
        }
    }
}

private fun RequestWriter.reasoning(json: JsonWriter) {
    val reasoning = request.reasoning ?: return
    val effort = effort(EFFORTS)
    if (effort == null && !reasoning.includeText) return
    json.field("reasoning") {
        obj {
            effort?.let { name("effort").value(it) }
            if (reasoning.includeText) name("summary").value("auto")
        }
    }
}

private val EFFORTS = ReasoningFormat.Effort()

private fun RequestWriter.items(json: JsonWriter, message: Message, customs: CustomCalls) {
    when (message.role) {
        Role.SYSTEM -> json.text("system", message)
        Role.USER -> user(json, message)
        Role.ASSISTANT -> AssistantItems(json, this, message, customs).write()
        Role.TOOL -> json.toolResult(message, customs)
    }
    if (message.role != Role.USER) message.content.forEach { refuseMedia(message.role, it) }
}

private fun JsonWriter.text(role: String, message: Message) = obj {
    name("role").value(role)
    name("content").value(message.text)
}

private fun RequestWriter.user(json: JsonWriter, message: Message) {
    if (message.content.none { it is ContentPart.Media }) {
        json.text("user", message)
        return
    }
    json.obj {
        name("role").value("user")
        name("content").array { message.content.forEach { part(it) } }
    }
}

private fun JsonWriter.part(part: ContentPart) {
    when (part) {
        is ContentPart.Text -> obj {
            name("type").value("input_text")
            name("text").value(part.text)
        }

        is ContentPart.Image -> obj {
            name("type").value("input_image")
            name("image_url").value(part.dataUrl ?: part.url.orEmpty())
            name("detail").value("auto")
        }

        is ContentPart.Document -> obj {
            name("type").value("input_file")
            val data = part.dataUrl
            if (data == null) {
                name("file_url").value(part.url.orEmpty())
            } else {
                name("filename").value(part.fileName)
                name("file_data").value(data)
            }
        }

        is ContentPart.Reasoning, is ContentPart.Opaque -> Unit

        else -> throw InvalidRequestException("This API format refuses a part of type ${part.javaClass.simpleName}")
    }
}

private fun JsonWriter.toolResult(message: Message, customs: CustomCalls) = obj {
    val id = message.toolCallId.orEmpty()
    name("type").value(if (id in customs) "custom_tool_call_output" else "function_call_output")
    name("call_id").value(id)
    name("output").value(message.text)
}

/** Not strict, as in chat completions. If `strict` were left out, the API would rewrite the tool's schema. */
private fun RequestWriter.tool(json: JsonWriter, tool: ToolDefinition) = json.obj {
    name("type").value("function")
    name("name").value(tool.name)
    name("description").value(tool.description)
    name("parameters").any(parametersOf(tool))
    name("strict").any(false)
}

private fun Message.hasThoughts() = content.any { Kept.of(it) is Kept.Thought }
