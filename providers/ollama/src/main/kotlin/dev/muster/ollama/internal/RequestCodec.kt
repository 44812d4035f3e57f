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
import dev.muster.http.codec.Fields
import dev.muster.http.codec.JsonWriter
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonObject

/** The API format that marks the reasoning parts of this provider. */
internal const val REASONING_FORM = "ollama"

/** Writes requests to the model that [context] names. */
internal class RequestCodec(private val request: ChatRequest, private val context: ErrorContext) {
    private val extra = request.extra

    /** The names of the called tools by call id, up to the current message: a later response may reuse an id. */
    private val toolNames = HashMap<String, String>()

    /**
     * Leaves out settings that are not set. A field of `extra` replaces the field of the same name, but its `options`
     * are merged.
     */
    fun encode(model: String, stream: Boolean): ByteArray {
        val wanted = extra["stream"] ?: stream
        // It decides how the response is read.
        if (wanted != stream) {
            refuse("extra must not change the field 'stream': call stream instead of chat, or chat instead of stream")
        }
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

    /** Ollama has no setting for the tool choice. For NONE, the tools are not sent. */
    private fun tools(): List<ToolDefinition> {
        if (request.parallelToolCalls == false) {
            refuse("parallel tool calls cannot be turned off: remove parallelToolCalls")
        }
        return when (request.toolChoice?.mode) {
            null, ToolChoice.Mode.AUTO -> request.tools
            ToolChoice.Mode.NONE -> emptyList()
            ToolChoice.Mode.REQUIRED, ToolChoice.Mode.TOOL -> refuse("tool calls cannot be forced: remove toolChoice")
        }
    }

    private fun options(): Map<String, Any?> = buildMap {
        request.temperature?.let { put("temperature", it) }
        request.topP?.let { put("top_p", it) }
        request.maxTokens?.let { put("num_predict", it) }
        request.seed?.let { put("seed", it) }
        if (request.stop.isNotEmpty()) put("stop", request.stop)
        val more = extra["options"] ?: return@buildMap
        if (more !is Map<*, *>) refuse("the field 'options' of extra must be a map of names to values")
        more.forEach { (name, value) -> put(name.toString(), value) }
    }

    private inline fun JsonWriter.field(name: String, write: JsonWriter.() -> Unit) {
        if (name in extra) return
        name(name)
        write()
    }

    /**
     * For models with levels, `true` is the medium level. Models without levels accept only `true` and `false`. The
     * text of the reasoning is always returned.
     */
    private fun think(reasoning: Reasoning): Any = when (reasoning.effort) {
        null -> refuse("reasoning budgets are not supported: set an effort instead")
        ReasoningEffort.NONE -> false
        ReasoningEffort.MINIMAL, ReasoningEffort.LOW -> "low"
        ReasoningEffort.MEDIUM -> true
        ReasoningEffort.HIGH -> "high"
        ReasoningEffort.MAX -> "max"
    }

    private fun JsonWriter.message(message: Message) {
        val images = message.content.mapNotNull { image(message.role, it) }
        val thinking = message.content.filterIsInstance<ContentPart.Reasoning>()
            .filter { it.apiFormat == REASONING_FORM }
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
                // Older servers link a result to its call by the name of the tool.
                toolNames[id]?.let { name("tool_name").value(it) }
            }
        }
    }

    private fun image(role: Role, part: ContentPart): String? = when {
        part !is ContentPart.Media -> null
        role != Role.USER -> refuse("images are allowed only in user messages, not in $role messages")
        part is ContentPart.Document -> refuse("documents are not supported: send their text, or their pages as images")
        else -> part.base64 ?: refuse("images cannot be sent by URL: send the bytes")
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

    /** Throws, because the request asks for something that Ollama does not support. */
    private fun refuse(why: String): Nothing =
        throw InvalidRequestException("${context.provider}::${context.model}: $why", context)
}
