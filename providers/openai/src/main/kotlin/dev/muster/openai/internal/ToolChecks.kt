package dev.muster.openai.internal

import dev.muster.chat.Message
import dev.muster.chat.Role

/** Refuses what the endpoint is known to refuse of tools, of their calls and of their results. */
internal fun RequestWriter.checkTools(isChat: Boolean) {
    if (limitsNames) {
        request.tools.forEach { if (!NAME.matches(it.name)) refuse(ruleFor(it.name)) }
    }
    // What extra replaces, or the provider has kept, is not known here.
    if (dialect.toolRules == ToolRules.NAMES_AND_PAIRS && request.extra.keys.none { it in HISTORY }) checkPairs(isChat)
}

private val RequestWriter.limitsNames: Boolean get() = dialect.toolRules != ToolRules.NONE

/** The [name] of a called tool as the endpoint takes it: the model may have made it up, or another provider. */
internal fun RequestWriter.sentName(name: String): String =
    if (!limitsNames || NAME.matches(name)) name else name.replace(FOREIGN, "_").take(MAX_NAME).ifEmpty { "_" }

private fun ruleFor(name: String) =
    "the tool name '$name' is not valid here: a name has letters from a to z, digits, " +
        "_ and - only, $MAX_NAME at most. Rename the tool"

/** In chat completions a call is answered right behind it; in the Responses API anywhere behind it. */
private fun RequestWriter.checkPairs(isChat: Boolean) {
    val open = LinkedHashMap<String, String>()
    request.messages.forEach { message ->
        if (message.role == Role.TOOL) {
            if (open.remove(message.toolCallId.orEmpty()) == null) refuseResult(message)
        } else if (isChat) {
            refuseOpen(open)
        }
        message.toolCalls.forEach { open[it.id] = it.name }
    }
    refuseOpen(open)
}

private fun RequestWriter.refuseResult(message: Message): Nothing = refuse(
    "the result for the tool call '${message.toolCallId}' has no call before it: send the assistant's message with " +
        "the call, then its results",
)

private fun RequestWriter.refuseOpen(open: Map<String, String>) {
    val (id, name) = open.entries.firstOrNull() ?: return
    refuse(
        "the tool call '$id' of $name has no result: add Message.tool(\"$id\", result) right behind the message with " +
            "the call, or leave the call out",
    )
}

private const val MAX_NAME = 64

private val NAME = Regex("[a-zA-Z0-9_-]{1,$MAX_NAME}")

private val FOREIGN = Regex("[^a-zA-Z0-9_-]")

private val HISTORY = setOf("messages", "input", "previous_response_id", "conversation", "prompt")
