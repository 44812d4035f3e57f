package dev.muster.http

import dev.muster.chat.Message

/**
 * Gives the calls of one answer their ids, which no other call of the [conversation] has: a result names its call by
 * nothing else. Not every server sends ids, and some send one twice.
 */
public class CallIds(private val conversation: List<Message>) {
    private val taken by lazy { conversation.flatMapTo(HashSet()) { message -> message.toolCalls.map { it.id } } }
    private var next = 0

    /** The id of a call that has come with the id [given]: that one, or one that is made where it cannot be had. */
    public fun of(given: String?): String = given?.takeIf { it.isNotBlank() && taken.add(it) } ?: made()

    private fun made(): String = generateSequence { "call_${next++}" }.first(taken::add)
}
