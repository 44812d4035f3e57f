package dev.muster.gemini.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.http.ToolNames
import dev.muster.http.ToolPairs

/**
 * Why the API would refuse [request], and what to do; null where nothing is known against it. What `extra` replaces is
 * the caller's own business.
 */
internal fun faultOf(request: ChatRequest): String? = faultOfSettings(request) ?: TOOL_NAMES.faultOf(request.tools)
    ?: if (CONTENTS in request.extra) null else faultOfTurns(request.messages)

private const val CONTENTS = "contents"
private const val MOST_STOPS = 5

/** The names that the API takes. */
internal val TOOL_NAMES = ToolNames(most = 128, marks = "_.:-", beginsWithLetter = true)

private fun faultOfSettings(request: ChatRequest): String? = when {
    request.parallelToolCalls == false -> "it cannot be told to call one tool at a time"

    "stream" in request.extra -> "extra has the field stream, which the API does not know: call stream or chat"

    request.stop.size > MOST_STOPS -> "it takes $MOST_STOPS stop sequences at most, not ${request.stop.size}"

    request.stop.any { it.isEmpty() } -> "a stop sequence is empty: leave it out"

    request.seed.let { it != null && it != it.toInt().toLong() } ->
        "it takes a seed of 32 bits only, not ${request.seed}"

    hasUnknownMedia(request) ->
        "it wants to know what lies at a URL, whose path ends in no known type such as .png or .pdf: " +
            "send the bytes, or give the document a name that ends so"

    else -> null
}

private fun hasUnknownMedia(request: ChatRequest): Boolean = request.messages.any { message ->
    message.content.any { it is ContentPart.Media && it.url != null && mediaTypeOf(it) == null && !isKnownToGoogle(it) }
}

/** Calls stand behind a user's turn or results, and the results of all of them right behind them. */
private fun faultOfTurns(messages: List<Message>): String? {
    val turns = messages.filter { it.role != Role.SYSTEM && (it.role != Role.ASSISTANT || it.saysSomething()) }
    val fromNowhere = turns.withIndex().any { (at, turn) ->
        turn.toolCalls.isNotEmpty() && (at == 0 || turns[at - 1].role == Role.ASSISTANT)
    }
    return when {
        turns.none { it.role == Role.USER || it.role == Role.TOOL } ->
            "it answers no request without a user message: add one, also to a system message"

        fromNowhere ->
            "an assistant message with tool calls has to stand behind a user message or tool results: keep what came " +
                "before it"

        else -> ToolPairs.faultOf(turns)
    }
}
