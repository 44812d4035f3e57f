package dev.muster.gemini.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role

/**
 * Why the API would refuse [request], and what to do; null where nothing is known against it. What `extra` replaces is
 * the caller's own business.
 */
internal fun faultOf(request: ChatRequest): String? =
    faultOfSettings(request) ?: if (CONTENTS in request.extra) null else faultOfTurns(request.messages)

private const val CONTENTS = "contents"
private const val MOST_STOPS = 5
private const val MOST_NAME = 128
private val TOOL_NAME = Regex("[A-Za-z_][A-Za-z0-9_.:-]{0,127}")

/** [name], or something like it that the API takes: what a model has called in a history may be any name. */
internal fun wireName(name: String): String {
    if (TOOL_NAME.matches(name)) return name
    val plain = name.map { if (TOOL_NAME.matches("_$it")) it else '_' }.joinToString("")
    return (if (TOOL_NAME.matches(plain.take(1))) plain else "_$plain").take(MOST_NAME)
}

private fun faultOfSettings(request: ChatRequest): String? {
    val misnamed = request.tools.firstOrNull { !TOOL_NAME.matches(it.name) }?.name
    return when {
        request.parallelToolCalls == false -> "it cannot be told to call one tool at a time"

        "stream" in request.extra -> "extra has the field stream, which the API does not know: call stream or chat"

        misnamed != null ->
            "it takes no tool named \"$misnamed\": begin with a letter or _, go on with letters from a to z, digits, " +
                "_ . : or -, 128 at most"

        request.stop.size > MOST_STOPS -> "it takes $MOST_STOPS stop sequences at most, not ${request.stop.size}"

        request.stop.any { it.isEmpty() } -> "a stop sequence is empty: leave it out"

        request.seed.let { it != null && it != it.toInt().toLong() } ->
            "it takes a seed of 32 bits only, not ${request.seed}"

        hasUnknownMedia(request) ->
            "it wants to know what lies at a URL, whose path ends in no known type such as .png or .pdf: " +
                "send the bytes, or give the document a name that ends so"

        else -> null
    }
}

private fun hasUnknownMedia(request: ChatRequest): Boolean = request.messages.any { message ->
    message.content.any { it is ContentPart.Media && it.url != null && mediaTypeOf(it) == null && !isKnownToGoogle(it) }
}

/** Calls stand behind a user's turn or results, and the results of all of them right behind them. */
private fun faultOfTurns(messages: List<Message>): String? {
    val turns = messages.filter { it.role != Role.SYSTEM && (it.role != Role.ASSISTANT || it.saysSomething()) }
    if (turns.none { it.role == Role.USER || it.role == Role.TOOL }) {
        return "it answers no request without a user message: add one, also to a system message"
    }
    var at = 0
    while (at < turns.size) {
        val turn = turns[at]
        at++
        val fault =
            when {
                turn.role == Role.TOOL -> orphan(turn)

                turn.toolCalls.isEmpty() -> null

                at == 1 || turns[at - 2].role == Role.ASSISTANT -> CALLS_FROM_NOWHERE

                else -> {
                    val results = turns.subList(at, turns.size).takeWhile { it.role == Role.TOOL }
                    at += results.size
                    faultOfResults(turn, results)
                }
            }
        if (fault != null) return fault
    }
    return null
}

private const val CALLS_FROM_NOWHERE =
    "an assistant message with tool calls has to stand behind a user message or tool results: keep what came before it"

private fun orphan(result: Message) =
    "the result of the tool call ${result.toolCallId} stands behind no assistant message with this call: " +
        "keep the message that made it, or leave the result out"

private fun faultOfResults(turn: Message, results: List<Message>): String? {
    val left = turn.toolCalls.mapTo(ArrayList()) { it.id }
    results.forEach { if (!left.remove(it.toolCallId.orEmpty())) return orphan(it) }
    val open = left.firstOrNull() ?: return null
    return "the tool call $open has no result right behind its message: add the result, or leave the call out"
}
