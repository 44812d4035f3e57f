package dev.muster.anthropic.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.Role

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
    val unfit = names.firstOrNull { !NAME.matches(it) }
    val twice = names.firstOrNull { name -> names.count { it == name } > 1 }
    return when {
        unfit != null ->
            "the name of the tool '${unfit.take(MAX_QUOTE)}' must have letters of a-z, digits, _ and - only, " +
                "128 at most: rename it"

        twice != null -> "two tools are named $twice: rename one"

        else -> null
    }
}

private fun faultOfTurns(messages: List<Message>): String? {
    val turns = messages.filter { it.role != Role.SYSTEM }
    if (turns.isEmpty()) return "it takes instructions only above a message: add a user message"
    return faultOfCalls(turns)
}

/** All calls of an assistant's message are answered right behind it, each once. */
private fun faultOfCalls(turns: List<Message>): String? {
    val open = LinkedHashMap<String, String>()
    for (message in turns) {
        val id = message.toolCallId
        when {
            id == null && open.isNotEmpty() -> break
            id == null -> message.toolCalls.associateTo(open) { it.id to it.name }
            open.remove(id) == null -> return orphan(id)
        }
    }
    val left = open.entries.firstOrNull() ?: return null
    return "the call ${left.key.take(MAX_QUOTE)} of the tool ${left.value.take(MAX_QUOTE)} has no result: add its " +
        "Message.tool right behind the message that calls it"
}

private fun orphan(id: String) = "the result of the call ${id.take(MAX_QUOTE)} does not stand behind a message with " +
    "that call: keep the two together, each call with one result"

/** Of the marks for the cache that the user has set; those that extra sets are told by the API. */
private fun faultOfMarks(request: ChatRequest): String? {
    val marks = request.messages.count { it.cacheControl != null }
    if (marks <= MAX_MARKS) return null
    return "$marks messages are marked for the cache, and it takes $MAX_MARKS: unmark some"
}

private val NAME = Regex("[a-zA-Z0-9_-]{1,128}")
private const val MAX_QUOTE = 140
private const val MAX_MARKS = 4
