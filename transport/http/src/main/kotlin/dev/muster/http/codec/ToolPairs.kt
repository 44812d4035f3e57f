package dev.muster.http.codec

import dev.muster.chat.Message
import dev.muster.chat.ToolCall

/** Checks tool calls and results, for APIs that reject one without the other. */
public object ToolPairs {
    /**
     * Returns why the API would reject [messages] and what to do. Returns null if each call has one result and each
     * result its call.
     *
     * @param directlyAfter whether all results of a message's calls must directly follow that message; otherwise they
     * may come anywhere after it
     */
    @JvmStatic
    public fun problemWith(messages: List<Message>, directlyAfter: Boolean = true): String? {
        val open = ArrayList<ToolCall>()
        for (message in messages) {
            val id = message.toolCallId
            if (id != null) {
                val call = open.find { it.id == id } ?: return orphan(id)
                open -= call
            } else if (directlyAfter && open.isNotEmpty()) {
                break
            }
            open += message.toolCalls
        }
        return open.firstOrNull()?.let(::unanswered)
    }

    private fun orphan(id: String) =
        "the result of the call ${id.take(QUOTED)} does not follow a message with that call: keep both together, " +
            "with one result for each call"

    private fun unanswered(call: ToolCall) =
        "the call ${call.id.take(QUOTED)} of the tool ${call.name.take(QUOTED)} has no result: add a Message.tool " +
            "for it right after the message with the call, or remove the call"

    private const val QUOTED = 140
}
