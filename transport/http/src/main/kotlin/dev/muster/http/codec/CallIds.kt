package dev.muster.http.codec

import dev.muster.chat.Message

/**
 * Assigns ids to the tool calls of one response. Each id is unique in the [conversation], because a result refers to
 * its call only by the id. Some servers send no ids, and some repeat them.
 */
public class CallIds(private val conversation: List<Message>) {
    private val taken by lazy { conversation.flatMapTo(HashSet()) { message -> message.toolCalls.map { it.id } } }
    private var next = 0

    /** Returns [given] if it is not blank and not yet used, else a new id. */
    public fun of(given: String?): String = given?.takeIf { it.isNotBlank() && taken.add(it) } ?: made()

    private fun made(): String = generateSequence { "call_${next++}" }.first(taken::add)
}
