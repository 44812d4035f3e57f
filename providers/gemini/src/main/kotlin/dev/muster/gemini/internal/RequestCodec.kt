package dev.muster.gemini.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.Role
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolChoice
import dev.muster.chat.ToolDefinition
import dev.muster.http.JsonWriter
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject

/**
 * Writes a request; the model and whether to stream are said by its path. What is not set is left out; a field of
 * `extra` replaces the one of the same name, but those of `generationConfig` are merged into ours.
 *
 * @param wantsSignatures whether the model refuses calls without a signature in the turn that goes on
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

        // There is no such level: models that can leave it are told so by their budget.
        ReasoningEffort.NONE -> put("thinkingBudget", 0)

        ReasoningEffort.MAX -> put("thinkingLevel", ReasoningEffort.HIGH.name)

        else -> put("thinkingLevel", effort.name)
    }
    if (reasoning.includeText) put("includeThoughts", true)
}

/** [theirs] over [ours]: where both have a map, field by field. */
private fun merged(ours: Map<*, *>, theirs: Any?): Any? = when (theirs) {
    null -> ours

    is Map<*, *> -> ours + theirs.mapValues { (name, value) ->
        val own = ours[name]
        if (own is Map<*, *>) merged(own, value) else value
    }

    else -> theirs
}

/** All results of one round of tools have to stand in one turn, right behind the turn that asked for them. */
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

private inline fun JsonWriter.content(role: String?, parts: JsonWriter.() -> Unit) {
    obj {
        role?.let { name("role").value(it) }
        name("parts").array { parts() }
    }
}

private fun JsonWriter.text(text: String) {
    obj { name("text").value(text) }
}

private fun JsonWriter.part(part: ContentPart) {
    when (part) {
        is ContentPart.Text -> text(part.text)
        is ContentPart.Media -> media(part)
        else -> Unit
    }
}

private fun JsonWriter.media(media: ContentPart.Media) {
    val data = media.base64()
    obj {
        name(if (data == null) "fileData" else "inlineData").obj {
            mediaTypeOf(media)?.let { name("mimeType").value(it) }
            if (data == null) name("fileUri").value(media.url.orEmpty()) else name("data").value(data)
        }
    }
}

/** Results are linked to their calls by name and, where the model knows ids, by id too. */
private fun JsonWriter.results(results: List<Message>, names: Map<String, String>) {
    if (results.isEmpty()) return
    content("user") {
        results.forEach { result ->
            val id = result.toolCallId.orEmpty()
            obj {
                name("functionResponse").obj {
                    name("id").value(id)
                    name("name").value(names[id] ?: id)
                    name("response").obj { name(if (result.isToolError) "error" else "output").value(result.text) }
                }
            }
        }
    }
}

/** Whether there is more than what another provider has thought: the API refuses a turn without parts. */
private fun Message.saysSomething() = toolCalls.isNotEmpty() ||
    content.any { part -> if (part is ContentPart.Reasoning) part.form == FORM else !part.isBlank() }

private fun ContentPart.isBlank() = this is ContentPart.Text && text.isBlank()

/**
 * Stands for the signature that a call of another provider's, or one that a program has made up, cannot have: Google's
 * own word for it. The first call of an answer is the one that has to have one.
 */
private const val NO_SIGNATURE = "skip_thought_signature_validator"

/** What the model has said, each signature on the part that it came with; where it [isSigned], a call has one. */
private fun JsonWriter.answer(message: Message, isSigned: Boolean) {
    if (!message.saysSomething()) return
    content("model") {
        var signature: String? = null
        message.content.forEach { part ->
            when (part) {
                is ContentPart.Reasoning -> if (part.form == FORM) {
                    signature?.let { said("", it, isThought = false) }
                    signature = part.signature.takeIf { part.text.isEmpty() }
                    if (part.text.isNotEmpty()) said(part.text, part.signature, isThought = true)
                }

                is ContentPart.Text -> if (!part.isBlank() || signature != null) {
                    said(part.text, signature, isThought = false)
                    signature = null
                }

                else -> part(part)
            }
        }
        signature?.let { said("", it, isThought = false) }
        message.toolCalls.forEachIndexed { at, call ->
            functionCall(call, call.signature ?: NO_SIGNATURE.takeIf { isSigned && at == 0 })
        }
    }
}

private fun JsonWriter.said(text: String, signature: String?, isThought: Boolean) {
    obj {
        name("text").value(text)
        if (isThought) name("thought").any(true)
        signature?.let { name("thoughtSignature").value(it) }
    }
}

private fun JsonWriter.functionCall(call: ToolCall, signature: String?) {
    obj {
        name("functionCall").obj {
            name("id").value(call.id)
            name("name").value(call.name)
            name("args").raw(objectOrEmpty(call.arguments))
        }
        signature?.let { name("thoughtSignature").value(it) }
    }
}

/** The API takes an object, where the model may have written anything. */
private fun objectOrEmpty(arguments: String): String = try {
    (Json.parseToJsonElement(arguments) as? JsonObject)?.toString() ?: "{}"
} catch (_: SerializationException) {
    "{}"
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

/** `parameters` would take only a subset of OpenAPI's schemas. */
private fun JsonWriter.tool(tool: ToolDefinition) {
    obj {
        name("name").value(tool.name)
        if (tool.description.isNotBlank()) name("description").value(tool.description)
        name("parametersJsonSchema").any(mapOf("type" to "object") + tool.parameters)
    }
}
