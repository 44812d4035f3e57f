package dev.muster.anthropic.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.Role
import dev.muster.chat.ToolChoice
import dev.muster.chat.ToolDefinition
import dev.muster.error.ErrorContext
import dev.muster.error.InvalidRequestException
import dev.muster.http.codec.JsonWriter

/**
 * The token limit if the request sets none, because the API requires one. Thinking counts towards it.
 *
 * The examples of the API's documentation use this value, and every model of its models overview can write that much.
 * It is small enough that a whole response takes less than the ten minutes for which the API keeps a silent connection.
 */
internal const val DEFAULT_MAX_TOKENS = 16_000

/** The smallest reasoning budget that the API accepts. */
private const val MIN_BUDGET = 1_024

/** Writes requests to the model that [context] names. */
internal class RequestCodec(private val request: ChatRequest, private val context: ErrorContext) {
    private val extra = request.extra

    /** Leaves out settings that are not set. A field of `extra` replaces the field of that name, except for tools. */
    fun encode(model: String, stream: Boolean): ByteArray {
        check(request, ::refuse)
        val messages = MessageCodec(::refuse)
        val turns = request.messages.filter { it.role != Role.SYSTEM }
        return JsonWriter()
            .obj {
                field("model") { value(model) }
                field("max_tokens") { any(maxTokens()) }
                with(messages) {
                    val system = request.messages.filter { it.isInstruction() }
                    if (system.isNotEmpty()) field("system") { system(system) }
                    field("messages") { array { turns(turns) } }
                }
                containerOf(turns)?.let { container(it) }
                request.temperature?.let { field("temperature") { any(it) } }
                request.topP?.let { field("top_p") { any(it) } }
                if (request.stop.isNotEmpty()) field("stop_sequences") { any(request.stop) }
                request.reasoning?.let { reasoning(it) }
                outputConfig()
                if (request.tools.isNotEmpty()) {
                    tools()
                    toolChoice()?.let { choice -> field("tool_choice") { any(choice) } }
                }
                if (stream) name("stream").any(true)
                extra.forEach { (name, value) -> if (!isWritten(name, turns)) name(name).any(value) }
            }.toByteArray()
    }

    private inline fun JsonWriter.field(name: String, write: JsonWriter.() -> Unit) {
        if (name in extra) return
        name(name)
        write()
    }

    /** The reasoning budget is part of the limit, so it is added to the default: the text keeps the same space. */
    private fun maxTokens(): Int {
        val budget = request.reasoning?.budgetTokens ?: return request.maxTokens ?: DEFAULT_MAX_TOKENS
        if (budget < MIN_BUDGET) refuse("the reasoning budget must be at least $MIN_BUDGET tokens, not $budget")
        val limit = request.maxTokens ?: return budget + DEFAULT_MAX_TOKENS
        if (limit <=
            budget
        ) {
            refuse("maxTokens ($limit) must be greater than the reasoning budget ($budget), which it includes")
        }
        return limit
    }

    private fun JsonWriter.reasoning(reasoning: Reasoning) {
        val effort = effort()
        field("thinking") {
            obj {
                when {
                    reasoning.budgetTokens != null -> {
                        name("type").value("enabled")
                        name("budget_tokens").any(reasoning.budgetTokens)
                    }

                    effort == null -> name("type").value("disabled")

                    else -> name("type").value("adaptive")
                }
                if (reasoning.includeText && reasoning.effort != ReasoningEffort.NONE) {
                    name("display").value("summarized")
                }
            }
        }
    }

    /** Whether the [field] of extra has already been merged into a field of the request. */
    private fun isWritten(field: String, turns: List<Message>): Boolean = (field == CONFIG && writesConfig()) ||
        (field == CONTAINER && containerOf(turns) != null) ||
        (field == TOOLS && request.tools.isNotEmpty() && extra[TOOLS] is Iterable<*>)

    /** A turn continues in the container in which it started. Other container settings of extra are added. */
    private fun JsonWriter.container(id: String) {
        val more = extra[CONTAINER]
        name(CONTAINER).any(if (more is Map<*, *>) mapOf("id" to id) + more else more ?: id)
    }

    private fun writesConfig() = effort() != null || request.responseFormat != null

    /** Merges the output settings of extra with those of the request. */
    private fun JsonWriter.outputConfig() {
        if (!writesConfig()) return
        val ours = buildMap<String, Any?> {
            effort()?.let { put("effort", it) }
            request.responseFormat?.let { put("format", mapOf("type" to "json_schema", "schema" to closed(it.schema))) }
        }
        name(CONFIG).any(ours + (extra[CONFIG] as? Map<*, *>).orEmpty())
    }

    /** Returns the API's word for the effort; null if no effort is set, or if it is NONE. */
    private fun effort(): String? = when (request.reasoning?.effort) {
        null, ReasoningEffort.NONE -> null
        ReasoningEffort.MINIMAL, ReasoningEffort.LOW -> "low"
        ReasoningEffort.MEDIUM -> "medium"
        ReasoningEffort.HIGH -> "high"
        ReasoningEffort.MAX -> "max"
    }

    /** Returns the tool choice, which includes whether calls may be parallel; null if neither is set. */
    private fun toolChoice(): Map<String, Any?>? {
        val choice = request.toolChoice
        val type = when (choice?.mode) {
            null -> if (request.parallelToolCalls == null) return null else "auto"
            ToolChoice.Mode.AUTO -> "auto"
            ToolChoice.Mode.NONE -> return mapOf("type" to "none")
            ToolChoice.Mode.REQUIRED -> "any"
            ToolChoice.Mode.TOOL -> "tool"
        }
        return buildMap {
            put("type", type)
            choice?.toolName?.let { put("name", it) }
            request.parallelToolCalls?.let { put("disable_parallel_tool_use", !it) }
        }
    }

    /** Writes the tools of the request, then the tools of extra, such as server tools. */
    private fun JsonWriter.tools() {
        val more = extra[TOOLS]
        if (TOOLS in extra && more !is Iterable<*>) return
        name(TOOLS).array {
            request.tools.forEach { tool(it) }
            (more as? Iterable<*>)?.forEach { any(it) }
        }
    }

    private fun JsonWriter.tool(tool: ToolDefinition) {
        obj {
            name("name").value(tool.name)
            if (tool.description.isNotBlank()) name("description").value(tool.description)
            // The API requires the type, even if the tool has no parameters.
            name("input_schema").any(mapOf("type" to "object") + tool.parameters)
        }
    }

    /** Throws, because the request asks for something that the API does not support. */
    private fun refuse(why: String): Nothing =
        throw InvalidRequestException("${context.provider}::${context.model}: $why", context)

    private companion object {
        const val CONFIG = "output_config"
        const val TOOLS = "tools"
    }
}
