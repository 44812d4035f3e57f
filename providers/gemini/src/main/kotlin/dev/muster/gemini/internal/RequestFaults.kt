package dev.muster.gemini.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.http.codec.ToolNames
import dev.muster.http.codec.ToolPairs

/**
 * Returns why the API would refuse [request] and what to do; null if no reason is known. Fields that `extra` replaces
 * are not checked.
 */
internal fun faultOf(request: ChatRequest): String? = faultOfSettings(request) ?: TOOL_NAMES.problemWith(request.tools)
    ?: if (CONTENTS in request.extra) null else faultOfTurns(request.messages)

private const val CONTENTS = "contents"
private const val MOST_STOPS = 5

/** The tool names that the API accepts. */
internal val TOOL_NAMES = ToolNames(most = 128, marks = "_.:-", beginsWithLetter = true)

private fun faultOfSettings(request: ChatRequest): String? = when {
    request.parallelToolCalls == false -> "parallel tool calls cannot be turned off: remove parallelToolCalls"

    "stream" in request.extra ->
        "extra must not contain the field 'stream': call chat for a whole response, or stream for a streamed one"

    request.stop.size > MOST_STOPS ->
        "at most $MOST_STOPS stop sequences are allowed, not ${request.stop.size}: remove some"

    request.stop.any { it.isEmpty() } -> "a stop sequence is empty: remove it"

    request.seed.let { it != null && it != it.toInt().toLong() } ->
        "the seed must be a 32-bit integer, not ${request.seed}"

    hasUnknownMedia(request) ->
        "the media type of a URL is unknown, because its path has no known extension such as .png or .pdf: " +
            "send the bytes, or give the document a name with such an extension"

    else -> null
}

private fun hasUnknownMedia(request: ChatRequest): Boolean = request.messages.any { message ->
    message.content.any { it is ContentPart.Media && it.url != null && mediaTypeOf(it) == null && !isKnownToGoogle(it) }
}

/** Tool calls must follow a user message or tool results, and all their results must follow directly. */
private fun faultOfTurns(messages: List<Message>): String? {
    val turns = messages.filter { it.role != Role.SYSTEM && (it.role != Role.ASSISTANT || it.saysSomething()) }
    val fromNowhere = turns.withIndex().any { (at, turn) ->
        turn.toolCalls.isNotEmpty() && (at == 0 || turns[at - 1].role == Role.ASSISTANT)
    }
    return when {
        turns.none { it.role == Role.USER || it.role == Role.TOOL } ->
            "a request without a user message is not allowed, even with a system message: add one"

        fromNowhere ->
            "an assistant message with tool calls must follow a user message or tool results: keep the messages " +
                "before it"

        else -> ToolPairs.problemWith(turns)
    }
}
