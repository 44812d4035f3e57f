package dev.muster.openai.internal

import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.http.JsonWriter
import dev.muster.http.Place

/** Writes a request for the Responses API. A message is one item or several; nothing is kept at the provider. */
internal fun encodeResponses(model: String, writer: RequestWriter, stream: Boolean): ByteArray = with(writer) {
    if (request.stop.isNotEmpty()) refuse("it has no stop sequences: use chat completions, or leave them out")
    body(model, stream) {
        field("input") { array { request.messages.forEach { writer.items(this, it) } } }
        request.maxTokens?.let { field("max_output_tokens") { any(it) } }
        if (request.tools.isNotEmpty()) field("tools") { array { request.tools.forEach { writer.tool(this, it) } } }
        toolChoice { name("name").value(it) }
        writer.reasoning(this)
        request.responseFormat?.let { format ->
            field("text") { obj { name("format").schema(format) { name("type").value("json_schema") } } }
        }
        field("store") { any(false) }
        // Only here: models that do not reason refuse it.
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

private val EFFORTS = ReasoningForm.Effort()

private fun RequestWriter.items(json: JsonWriter, message: Message) {
    when (message.role) {
        Role.SYSTEM -> json.text("system", message)
        Role.USER -> user(json, message)
        Role.ASSISTANT -> json.assistant(message)
        Role.TOOL -> json.toolResult(message)
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
            name("image_url").value(part.dataUrl() ?: part.url.orEmpty())
            name("detail").value("auto")
        }

        is ContentPart.Document -> obj {
            name("type").value("input_file")
            val data = part.dataUrl()
            if (data == null) {
                name("file_url").value(part.url.orEmpty())
            } else {
                name("filename").value(part.fileName)
                name("file_data").value(data)
            }
        }

        is ContentPart.Reasoning, is ContentPart.Opaque -> Unit
    }
}

/** Each item where it stood: what was thought before what it led to, and what was said before the calls behind it. */
private fun JsonWriter.assistant(message: Message) {
    val text = message.text
    val calls = message.toolCalls
    var said = 0
    var called = 0
    var phase: String? = null

    // Whoever has changed the message since may have left less than there was.
    fun upTo(place: Place) {
        val piece = text.substring(said, place.text.coerceIn(said, text.length))
        said += piece.length
        if (piece.isNotEmpty()) spoken(piece, phase)
        while (called < minOf(place.calls, calls.size)) functionCall(calls[called++])
    }
    val isEmpty = text.isEmpty() && calls.isEmpty()
    message.content.forEach { part ->
        val kept = Kept.of(part) ?: return@forEach
        upTo(kept.place)
        when (kept) {
            is Kept.Phase -> phase = kept.name

            // The API refuses a block that nothing follows.
            is Kept.Thought -> if (isEmpty || said < text.length || called < calls.size) {
                reasoningItem(kept, (part as ContentPart.Reasoning).text)
            }
        }
    }
    upTo(Place(text.length, calls.size))
    if (isEmpty) spoken("", phase)
}

private fun JsonWriter.spoken(text: String, phase: String?) = obj {
    name("role").value("assistant")
    name("content").value(text)
    phase?.let { name("phase").value(it) }
}

private fun JsonWriter.reasoningItem(thought: Kept.Thought, text: String) = obj {
    name("type").value("reasoning")
    name("id").value(thought.id)
    name("summary").array {
        if (text.isNotEmpty()) {
            obj {
                name("type").value("summary_text")
                name("text").value(text)
            }
        }
    }
    name("encrypted_content").value(thought.encrypted)
}

private fun JsonWriter.functionCall(call: ToolCall) = obj {
    name("type").value("function_call")
    name("call_id").value(call.id)
    name("name").value(call.name)
    name("arguments").value(call.arguments)
}

private fun JsonWriter.toolResult(message: Message) = obj {
    name("type").value("function_call_output")
    name("call_id").value(message.toolCallId.orEmpty())
    name("output").value(message.text)
}

/** Not strict, as with chat completions: left out, it would rewrite the tool's schema. */
private fun RequestWriter.tool(json: JsonWriter, tool: ToolDefinition) = json.obj {
    name("type").value("function")
    name("name").value(tool.name)
    name("description").value(tool.description)
    name("parameters").any(parametersOf(tool))
    name("strict").any(false)
}

private fun Message.hasThoughts() = content.any { Kept.of(it) is Kept.Thought }
