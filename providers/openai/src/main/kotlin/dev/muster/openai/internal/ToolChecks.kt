package dev.muster.openai.internal

import dev.muster.http.ToolNames
import dev.muster.http.ToolPairs

/**
 * Refuses the tools, calls and results that the endpoint is known to refuse. Chat completions want a result right
 * behind its call, the Responses API anywhere behind it.
 */
internal fun RequestWriter.checkTools(isChat: Boolean) {
    if (limitsNames) TOOL_NAMES.faultOf(request.tools)?.let { refuse(it) }
    // What extra replaces, or the provider has kept, is not known here.
    if (dialect.toolRules == ToolRules.NAMES_AND_PAIRS && request.extra.keys.none { it in HISTORY }) {
        ToolPairs.faultOf(request.messages, rightBehind = isChat)?.let { refuse(it) }
    }
}

private val RequestWriter.limitsNames: Boolean get() = dialect.toolRules != ToolRules.NONE

/** The [name] of a called tool as the endpoint takes it: the model may have made it up, or another provider. */
internal fun RequestWriter.sentName(name: String): String = if (limitsNames) TOOL_NAMES.sent(name) else name

private val TOOL_NAMES = ToolNames(most = 64)

private val HISTORY = setOf("messages", "input", "previous_response_id", "conversation", "prompt")
