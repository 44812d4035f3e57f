package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

/** What the server sent with its tool calls and requires back with their results. Used on the loop only. */
internal class Memory {
    private val kept = HashMap<String, List<JsonNode>>()

    /**
     * Remembers that the calls with these ids came with [blocks]. A later answer with the same id replaces an earlier
     * one.
     */
    fun remember(ids: List<String>, blocks: List<JsonNode>) {
        ids.forEach { kept[it] = blocks }
    }

    /** Returns what came with the call [id], or null if this server did not make that call. */
    fun with(id: String): List<JsonNode>? = kept[id]

    fun clear() {
        kept.clear()
    }
}
