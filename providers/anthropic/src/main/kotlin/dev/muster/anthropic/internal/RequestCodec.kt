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
import dev.muster.http.JsonWriter

/**
 * Asked for where the request sets no limit, because the API demands one: what its documentation's examples ask for.
 * Every model of its models overview can write that much, and it is not so much that an answer in one piece would take
 * longer than the ten minutes that the API keeps a silent connection. Thinking counts towards it.
 */
internal const val DEFAULT_MAX_TOKENS = 16_000

/** The least budget that the API takes. */
private const val MIN_BUDGET = 1_024

/** Writes requests to the model that [context] names. */
internal class RequestCodec(private val request: ChatRequest, private val context: ErrorContext) {
    private val extra = request.extra

    /** What is not set is left out; a field of `extra` replaces the one of the same name, but for lists of tools. */
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

    /** The budget for thinking is a part of the limit, so that a default limit leaves the answer what it always has. */
    private fun maxTokens(): Int {
        val budget = request.reasoning?.budgetTokens ?: return request.maxTokens ?: DEFAULT_MAX_TOKENS
        if (budget < MIN_BUDGET) refuse("a reasoning budget is at least $MIN_BUDGET tokens, not $budget")
        val limit = request.maxTokens ?: return budget + DEFAULT_MAX_TOKENS
        if (limit <=
            budget
        ) {
            refuse("maxTokens, $limit, must be more than the reasoning budget, $budget: it includes it")
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

    /** Whether what extra says of [field] stands among what we say of it. */
    private fun isWritten(field: String, turns: List<Message>): Boolean = (field == CONFIG && writesConfig()) ||
        (field == CONTAINER && containerOf(turns) != null) ||
        (field == TOOLS && request.tools.isNotEmpty() && extra[TOOLS] is Iterable<*>)

    /** A turn goes on in the container that it has begun in, with whatever else extra says of it. */
    private fun JsonWriter.container(id: String) {
        val more = extra[CONTAINER]
        name(CONTAINER).any(if (more is Map<*, *>) mapOf("id" to id) + more else more ?: id)
    }

    private fun writesConfig() = effort() != null || request.responseFormat != null

    /** What extra says there stands beside ours. */
    private fun JsonWriter.outputConfig() {
        if (!writesConfig()) return
        val ours = buildMap<String, Any?> {
            effort()?.let { put("effort", it) }
            request.responseFormat?.let { put("format", mapOf("type" to "json_schema", "schema" to closed(it.schema))) }
        }
        name(CONFIG).any(ours + (extra[CONFIG] as? Map<*, *>).orEmpty())
    }

    /** The API's word for the effort; null where none is set or none is wanted. */
    private fun effort(): String? = when (request.reasoning?.effort) {
        null, ReasoningEffort.NONE -> null
        ReasoningEffort.MINIMAL, ReasoningEffort.LOW -> "low"
        ReasoningEffort.MEDIUM -> "medium"
        ReasoningEffort.HIGH -> "high"
        ReasoningEffort.MAX -> "max"
    }

    /** Whether several tools may be called is a part of the choice; null where nothing is said of either. */
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

    /** Those of extra, such as the provider's own, stand beside ours. */
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
            // The API wants the type said, also by a tool that takes nothing.
            name("input_schema").any(mapOf("type" to "object") + tool.parameters)
        }
    }

    /** The request asks for what the API has no words for. */
    private fun refuse(why: String): Nothing =
        throw InvalidRequestException("${context.provider}::${context.model}: $why", context)

    private companion object {
        const val CONFIG = "output_config"
        const val TOOLS = "tools"
    }
}
