package dev.muster.openai.internal

/**
 * Tells the tool calls of one stream apart. By their index, as the protocol has it; but some endpoints send none, and
 * some give every call the index 0, so that only a new id and name begin a new call.
 */
internal class ToolCallIndex {
    private val idOf = HashMap<Int, String>()
    private val current = HashMap<Int, Int>()
    private var last = -1
    private var next = 0

    /** The number of the call that a piece with [index], [id] and [name] belongs to; each may be missing. */
    fun of(index: Int?, id: String?, name: String?): Int {
        val key = index ?: NO_INDEX
        val known = current[key] ?: if (index == null && id.isNullOrEmpty() && last >= 0) last else null
        val number = if (known == null || beginsAnother(known, id, name)) next++ else known
        current[key] = number
        last = number
        if (!id.isNullOrEmpty()) idOf.putIfAbsent(number, id)
        return number
    }

    // The name too, because some endpoints make up a fresh id for every piece.
    private fun beginsAnother(known: Int, id: String?, name: String?): Boolean =
        !id.isNullOrEmpty() && !name.isNullOrEmpty() && idOf[known].let { it != null && it != id }

    private companion object {
        const val NO_INDEX = -1
    }
}
