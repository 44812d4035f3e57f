package dev.muster.anthropic.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.http.codec.ToolNames
import dev.muster.http.codec.ToolPairs

/** Refuses requests that the API would refuse, as far as that is known before sending. */
internal fun check(request: ChatRequest, refuse: (why: String) -> Nothing) {
    val fault = faultOfSettings(request)
        ?: faultOfTools(request)
        ?: (if ("messages" in request.extra) null else faultOfTurns(request.messages))
        ?: faultOfMarks(request)
    if (fault != null) refuse(fault)
}

private fun faultOfSettings(request: ChatRequest): String? = when {
    request.seed != null -> "a seed is not supported: remove it"

    "stream" in request.extra ->
        "extra must not contain the field 'stream': call chat for a whole response, or stream for a streamed one"

    else -> null
}

private fun faultOfTools(request: ChatRequest): String? {
    val names = request.tools.map { it.name }
    val twice = names.firstOrNull { name -> names.count { it == name } > 1 }
    return TOOL_NAMES.problemWith(request.tools) ?: twice?.let { "two tools are named '$it': rename one" }
}

private fun faultOfTurns(messages: List<Message>): String? {
    val turns = messages.filter { it.role != Role.SYSTEM }
    if (turns.isEmpty()) return "a system message alone is not enough: add a user message"
    return ToolPairs.problemWith(turns)
}

/** Checks the cache marks of the messages. Marks in extra are checked by the API. */
private fun faultOfMarks(request: ChatRequest): String? {
    val marks = request.messages.count { it.cacheControl != null }
    if (marks <= MAX_MARKS) return null
    return "$marks messages are marked for caching, but at most $MAX_MARKS are allowed: remove some marks"
}

/** The tool names that the API accepts. */
internal val TOOL_NAMES = ToolNames(most = 128)

private const val MAX_MARKS = 4
