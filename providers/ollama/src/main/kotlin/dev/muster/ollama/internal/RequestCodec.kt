package dev.muster.ollama.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.Role
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolChoice
import dev.muster.chat.ToolDefinition
import dev.muster.error.ErrorContext
import dev.muster.error.InvalidRequestException
import dev.muster.http.Fields
import dev.muster.http.JsonWriter
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject

/** What marks the reasoning that is ours. */
internal const val REASONING_FORM = "ollama"

/** Writes requests to the model that [context] names. */
internal class RequestCodec(private val request: ChatRequest, private val context: ErrorContext) {
    private val extra = request.extra

    /** The tools that have been called so far: an id may come again in a later answer. */
    private val toolNames = HashMap<String, String>()

    /**
     * What is not set is left out; a field of `extra` replaces the one of the same name, and `options` there are added
     * to ours.
     */
    fun encode(model: String, stream: Boolean): ByteArray {
        val wanted = extra["stream"] ?: stream
        // How the answer is read depends on it.
        if (wanted != stream) refuse("stream is not for extra: call stream in place of chat, or the other way round")
        val options = options()
        return JsonWriter()
            .obj {
                field("model") { value(model) }
                field("messages") { array { request.messages.forEach { message(it) } } }
                val tools = tools()
                if (tools.isNotEmpty()) field("tools") { array { tools.forEach { tool(it) } } }
                request.reasoning?.let { reasoning -> field("think") { any(think(reasoning)) } }
                request.responseFormat?.let { format -> field("format") { any(format.schema) } }
                if (options.isNotEmpty()) name("options").any(options)
                // Ollama streams unless told not to.
                name("stream").any(stream)
                extra.forEach { (name, value) -> if (name != "stream" && name != "options") name(name).any(value) }
            }.toByteArray()
    }

    /** Ollama has no word for the choice: a model that is to call no tool is shown none. */
    private fun tools(): List<ToolDefinition> {
        if (request.parallelToolCalls == false) refuse("it cannot be told to call one tool at a time")
        return when (request.toolChoice?.mode) {
            null, ToolChoice.Mode.AUTO -> request.tools
            ToolChoice.Mode.NONE -> emptyList()
            ToolChoice.Mode.REQUIRED, ToolChoice.Mode.TOOL -> refuse("it cannot be told to call a tool")
        }
    }

    private fun options(): Map<String, Any?> = buildMap {
        request.temperature?.let { put("temperature", it) }
        request.topP?.let { put("top_p", it) }
        request.maxTokens?.let { put("num_predict", it) }
        request.seed?.let { put("seed", it) }
        if (request.stop.isNotEmpty()) put("stop", request.stop)
        val more = extra["options"] ?: return@buildMap
        if (more !is Map<*, *>) refuse("options of extra are no map: give their names and values")
        more.forEach { (name, value) -> put(name.toString(), value) }
    }

    private inline fun JsonWriter.field(name: String, write: JsonWriter.() -> Unit) {
        if (name in extra) return
        name(name)
        write()
    }

    /**
     * Models with levels take `true` for the one in the middle, and it is all that those without levels take besides
     * `false`. The text comes unasked.
     */
    private fun think(reasoning: Reasoning): Any = when (reasoning.effort) {
        null -> refuse("it takes no reasoning budget: set an effort instead")
        ReasoningEffort.NONE -> false
        ReasoningEffort.MINIMAL, ReasoningEffort.LOW -> "low"
        ReasoningEffort.MEDIUM -> true
        ReasoningEffort.HIGH -> "high"
        ReasoningEffort.MAX -> "max"
    }

    private fun JsonWriter.message(message: Message) {
        val images = message.content.mapNotNull { image(message.role, it) }
        val thinking = message.content.filterIsInstance<ContentPart.Reasoning>().filter { it.form == REASONING_FORM }
        message.toolCalls.forEach { toolNames[it.id] = it.name }
        obj {
            name("role").value(role(message.role))
            name("content").value(message.text)
            if (thinking.isNotEmpty()) name("thinking").value(thinking.joinToString("") { it.text })
            if (images.isNotEmpty()) name("images").any(images)
            if (message.toolCalls.isNotEmpty()) {
                name("tool_calls").array { message.toolCalls.forEach { toolCall(it) } }
            }
            message.toolCallId?.let { id ->
                name("tool_call_id").value(id)
                // Older servers link a result to its call by the tool's name.
                toolNames[id]?.let { name("tool_name").value(it) }
            }
        }
    }

    private fun image(role: Role, part: ContentPart): String? = when {
        part !is ContentPart.Media -> null
        role != Role.USER -> refuse("images stand in the user's messages, not in those of $role")
        part is ContentPart.Document -> refuse("it reads no documents: give their text, or their pages as images")
        else -> part.base64() ?: refuse("it fetches no images: give the bytes instead of the URL")
    }

    private fun JsonWriter.toolCall(call: ToolCall) {
        obj {
            name("id").value(call.id)
            name("function").obj {
                name("name").value(call.name)
                name("arguments").raw(Fields.objectOrEmpty(call.arguments))
            }
        }
    }

    private fun role(role: Role) = when (role) {
        Role.SYSTEM -> "system"
        Role.USER -> "user"
        Role.ASSISTANT -> "assistant"
        Role.TOOL -> "tool"
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

    /** The request asks for what Ollama cannot do. */
    private fun refuse(why: String): Nothing =
        throw InvalidRequestException("${context.provider}::${context.model}: $why", context)
}
