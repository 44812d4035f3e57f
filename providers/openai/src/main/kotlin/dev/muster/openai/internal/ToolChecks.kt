package dev.muster.openai.internal

import dev.muster.http.codec.ToolNames
import dev.muster.http.codec.ToolPairs

/**
 * Refuses the tools, tool calls and results that the endpoint is known to refuse. Chat completions require a result
 * directly after its call; the Responses API requires it anywhere after its call.
 */
internal fun RequestWriter.checkTools(isChat: Boolean) {
    if (limitsNames) TOOL_NAMES.problemWith(request.tools)?.let { refuse(it) }
    // A history that extra replaces, or that the provider has stored, cannot be checked here.
    if (dialect.toolRules == ToolRules.NAMES_AND_PAIRS && request.extra.keys.none { it in HISTORY }) {
        ToolPairs.problemWith(request.messages, directlyAfter = isChat)?.let { refuse(it) }
    }
}

private val RequestWriter.limitsNames: Boolean get() = dialect.toolRules != ToolRules.NONE

/** Returns [name] in the format that the endpoint accepts: it may come from another provider or be invented. */
internal fun RequestWriter.sentName(name: String): String = if (limitsNames) TOOL_NAMES.sent(name) else name

private val TOOL_NAMES = ToolNames(most = 64)

private val HISTORY = setOf("messages", "input", "previous_response_id", "conversation", "prompt")
