package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

/** What a server has sent along with its tool calls and wants back with their results. Used on the loop only. */
internal class Memory {
    private val kept = HashMap<String, List<JsonNode>>()

    /** The calls with these ids came with [blocks]; a later answer with the same id replaces an earlier one. */
    fun remember(ids: List<String>, blocks: List<JsonNode>) {
        ids.forEach { kept[it] = blocks }
    }

    /** What came with the call [id]; null for a call that this server has not made. */
    fun with(id: String): List<JsonNode>? = kept[id]

    fun clear() {
        kept.clear()
    }
}
