package dev.muster.anthropic.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.http.ToolNames
import dev.muster.http.ToolPairs

/** Refuses what the API would, where that can be seen before it is asked and paid for. */
internal fun check(request: ChatRequest, refuse: (why: String) -> Nothing) {
    val fault = faultOfSettings(request)
        ?: faultOfTools(request)
        ?: (if ("messages" in request.extra) null else faultOfTurns(request.messages))
        ?: faultOfMarks(request)
    if (fault != null) refuse(fault)
}

private fun faultOfSettings(request: ChatRequest): String? = when {
    request.seed != null -> "it has no seed: leave it out"

    "stream" in request.extra ->
        "extra must not have a field stream: call chat for a whole answer, stream for a streamed one"

    else -> null
}

private fun faultOfTools(request: ChatRequest): String? {
    val names = request.tools.map { it.name }
    val twice = names.firstOrNull { name -> names.count { it == name } > 1 }
    return TOOL_NAMES.faultOf(request.tools) ?: twice?.let { "two tools are named $it: rename one" }
}

private fun faultOfTurns(messages: List<Message>): String? {
    val turns = messages.filter { it.role != Role.SYSTEM }
    if (turns.isEmpty()) return "it takes instructions only above a message: add a user message"
    return ToolPairs.faultOf(turns)
}

/** Of the marks for the cache that the user has set; those that extra sets are told by the API. */
private fun faultOfMarks(request: ChatRequest): String? {
    val marks = request.messages.count { it.cacheControl != null }
    if (marks <= MAX_MARKS) return null
    return "$marks messages are marked for the cache, and it takes $MAX_MARKS: unmark some"
}

/** The names that the API takes. */
internal val TOOL_NAMES = ToolNames(most = 128)

private const val MAX_MARKS = 4
