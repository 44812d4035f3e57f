package dev.muster.openai.internal

import dev.muster.chat.Message

/**
 * Gives the calls of one answer their ids: each has one that no other of the answer has, or its result could not name
 * it. What an endpoint leaves out is made up, other than every made-up id of the [conversation].
 */
internal class CallIds(private val conversation: List<Message>) {
    private val given = HashSet<String>()
    private var next = -1

    /** [id] where it can be had, else one that is made up. */
    fun of(id: String?): String {
        if (!id.isNullOrBlank() && given.add(id)) return id
        if (next < 0) next = firstFree()
        while (!given.add("$MADE$next")) next++
        return "$MADE${next++}"
    }

    private fun firstFree(): Int = conversation
        .flatMap { it.toolCalls }
        .mapNotNull { call -> call.id.takeIf { it.startsWith(MADE) }?.removePrefix(MADE)?.toIntOrNull() }
        .maxOrNull()
        ?.let { (it + 1).coerceAtLeast(0) } ?: 0

    private companion object {
        const val MADE = "call_"
    }
}
