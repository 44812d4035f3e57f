package dev.muster.gemini.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.Role
import dev.muster.chat.ToolChoice
import dev.muster.chat.ToolDefinition
import dev.muster.error.InvalidRequestException
import dev.muster.http.codec.JsonWriter

/**
 * Writes a request. The model, and whether to stream, are part of the path. Settings that are not set are left out. A
 * field of `extra` replaces the field of the same name, but the fields of `generationConfig` are merged.
 *
 * @param wantsSignatures whether the model refuses calls without a signature in the current turn
 */
internal fun encode(request: ChatRequest, wantsSignatures: Boolean): ByteArray {
    val extra = request.extra
    val system = request.messages.filter { it.role == Role.SYSTEM && it.text.isNotBlank() }
    val config = merged(generationConfig(request), extra[CONFIG])
    return JsonWriter()
        .obj {
            if (system.isNotEmpty()) {
                field(extra, "systemInstruction") { content(null) { system.forEach { text(it.text) } } }
            }
            field(extra, "contents") { array { turns(request.messages, wantsSignatures) } }
            if (request.tools.isNotEmpty()) {
                field(extra, "tools") { tools(request.tools) }
                request.toolChoice?.let { choice -> field(extra, "toolConfig") { toolConfig(choice) } }
            }
            if (config !is Map<*, *> || config.isNotEmpty()) name(CONFIG).any(config)
            extra.forEach { (name, value) -> if (name != CONFIG) name(name).any(value) }
        }.toByteArray()
}

private const val CONFIG = "generationConfig"

private inline fun JsonWriter.field(extra: Map<String, Any?>, name: String, write: JsonWriter.() -> Unit) {
    if (name in extra) return
    name(name)
    write()
}

private fun generationConfig(request: ChatRequest): Map<String, Any?> = buildMap {
    request.maxTokens?.let { put("maxOutputTokens", it) }
    request.temperature?.let { put("temperature", it) }
    request.topP?.let { put("topP", it) }
    request.seed?.let { put("seed", it) }
    if (request.stop.isNotEmpty()) put("stopSequences", request.stop)
    request.reasoning?.let { put("thinkingConfig", thinkingConfig(it)) }
    request.responseFormat?.let {
        put("responseMimeType", "application/json")
        put("responseJsonSchema", it.schema)
    }
}

private fun thinkingConfig(reasoning: Reasoning): Map<String, Any?> = buildMap {
    when (val effort = reasoning.effort) {
        null -> reasoning.budgetTokens?.let { put("thinkingBudget", it) }

        // There is no level for it. Models that can skip reasoning accept a budget of 0.
        ReasoningEffort.NONE -> put("thinkingBudget", 0)

        ReasoningEffort.MAX -> put("thinkingLevel", ReasoningEffort.HIGH.name)

        else -> put("thinkingLevel", effort.name)
    }
    if (reasoning.includeText) put("includeThoughts", true)
}

/** Merges [theirs] into [ours], recursively if both have a map for a field. */
private fun merged(ours: Map<*, *>, theirs: Any?): Any? = when (theirs) {
    null -> ours

    is Map<*, *> -> ours + theirs.mapValues { (name, value) ->
        val own = ours[name]
        if (own is Map<*, *>) merged(own, value) else value
    }

    else -> theirs
}

/** All results of one round of tool calls must be in one turn, directly after the turn with the calls. */
private fun JsonWriter.turns(messages: List<Message>, wantsSignatures: Boolean) {
    val names = HashMap<String, String>()
    val results = ArrayList<Message>()
    val asked = if (wantsSignatures) messages.indexOfLast { it.role == Role.USER } else messages.size
    messages.forEachIndexed { at, message ->
        if (message.role == Role.TOOL) {
            results += message
        } else if (message.role != Role.SYSTEM) {
            results(results, names)
            results.clear()
            message.toolCalls.forEach { names[it.id] = it.name }
            if (message.role == Role.ASSISTANT) {
                answer(message, isSigned = at > asked)
            } else {
                content("user") { message.content.filterNot { it.isBlank() }.forEach { part(it) } }
            }
        }
    }
    results(results, names)
}

internal inline fun JsonWriter.content(role: String?, parts: JsonWriter.() -> Unit) {
    obj {
        role?.let { name("role").value(it) }
        name("parts").array { parts() }
    }
}

private fun JsonWriter.text(text: String) {
    obj { name("text").value(text) }
}

internal fun JsonWriter.part(part: ContentPart) {
    when (part) {
        is ContentPart.Text -> text(part.text)
        is ContentPart.Media -> media(part)
        is ContentPart.Reasoning, is ContentPart.Opaque -> Unit
        else -> throw InvalidRequestException("Gemini does not accept a part of type ${part.javaClass.simpleName}")
    }
}

private fun JsonWriter.media(media: ContentPart.Media) {
    val data = media.base64
    obj {
        name(if (data == null) "fileData" else "inlineData").obj {
            mediaTypeOf(media)?.let { name("mimeType").value(it) }
            if (data == null) name("fileUri").value(media.url.orEmpty()) else name("data").value(data)
        }
    }
}

/** Results are linked to their calls by name and, if the model supports ids, also by id. */
private fun JsonWriter.results(results: List<Message>, names: Map<String, String>) {
    if (results.isEmpty()) return
    content("user") {
        results.forEach { result ->
            val id = result.toolCallId.orEmpty()
            obj {
                name("functionResponse").obj {
                    name("id").value(id)
                    name("name").value(TOOL_NAMES.sent(names[id] ?: id))
                    name("response").obj { name(if (result.isToolError) "error" else "output").value(result.text) }
                }
            }
        }
    }
}

private fun JsonWriter.tools(tools: List<ToolDefinition>) {
    array {
        obj { name("functionDeclarations").array { tools.forEach { tool(it) } } }
    }
}

private fun JsonWriter.toolConfig(choice: ToolChoice) = obj {
    name("functionCallingConfig").obj {
        name("mode").value(
            when (choice.mode) {
                ToolChoice.Mode.AUTO -> "AUTO"
                ToolChoice.Mode.NONE -> "NONE"
                ToolChoice.Mode.REQUIRED, ToolChoice.Mode.TOOL -> "ANY"
            },
        )
        choice.toolName?.let { name("allowedFunctionNames").any(listOf(it)) }
    }
}

/** Uses `parametersJsonSchema`, because `parameters` accepts only a subset of OpenAPI schemas. */
private fun JsonWriter.tool(tool: ToolDefinition) {
    obj {
        name("name").value(tool.name)
        if (tool.description.isNotBlank()) name("description").value(tool.description)
        name("parametersJsonSchema").any(mapOf("type" to "object") + tool.parameters)
    }
}
