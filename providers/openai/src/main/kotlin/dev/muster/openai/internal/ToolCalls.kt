package dev.muster.openai.internal

import dev.muster.chat.ContentPart
import dev.muster.http.codec.CallIds
import dev.muster.http.codec.JsonWriter
import dev.muster.provider.StreamSink
import kotlinx.serialization.json.JsonPrimitive

/**
 * Assembles the tool calls of one response from their pieces.
 *
 * The protocol identifies calls by index. But some endpoints send no index, or the same index for all calls, leave out
 * ids, create a new id for every piece, or send one call on two indexes. So a known id decides first, then the index. A
 * name starts another call if the arguments so far are complete. The pieces are kept until the response ends, because
 * they can be interpreted only then.
 */
internal class ToolCalls(private val ids: CallIds) {
    private val calls = ArrayList<Call>(0)

    /** The number of calls so far. */
    val count: Int get() = calls.size

    /** Adds [piece] to the call it belongs to, or starts a new call. */
    fun take(piece: WireToolCall) {
        val id = piece.id?.ifBlank { null }
        val name = piece.name?.ifBlank { null }
        val input = piece.input
        val known = known(piece.index, id, name)
        if (known == null || known.isFollowedBy(id, name, input)) {
            calls += Call(piece.index, id, name, piece.isCustom).also { it.add(input) }
        } else if (!known.repeats(id, name, input)) {
            if (known.id == null) known.id = id
            if (known.name == null) known.name = name
            known.add(input)
        }
    }

    private fun known(index: Int?, id: String?, name: String?): Call? {
        val byId = id?.let { calls.lastOrNull { call -> call.id == it } }
        if (byId != null || calls.isEmpty()) return byId
        val there = calls.filter { index == null || it.index == index }
        // Calls without ids whose pieces are interleaved, each with its name.
        val open = if (id == null && name != null) there.lastOrNull { it.name == name && !it.isWhole() } else null
        return open ?: there.lastOrNull() ?: calls.last().takeIf { it.index == null && name == null }
    }

    /** Emits to [sink] what it has not emitted before. */
    suspend fun tell(sink: StreamSink) = calls.forEachIndexed { number, call -> call.tell(number, sink) }

    private inner class Call(val index: Int?, var id: String?, var name: String?, private val isCustom: Boolean) {
        private val input = StringBuilder()
        private var told = NOT_TOLD

        fun isWhole() = isWholeJson(input)

        /** Whether a piece with [id], [name] and [more] starts another call. */
        fun isFollowedBy(id: String?, name: String?, more: String): Boolean = when {
            // A piece without a name only continues a call.
            name == null -> false

            id != null && this.id != null && id != this.id -> true

            this.name != null && name != this.name -> id == null || id != this.id

            else -> isWhole() && !repeats(id, name, more) && !(isThis(id) && isReplacedBy(more))
        }

        /** Whether a piece only repeats this call, by its id or by its name alone. */
        fun repeats(id: String?, name: String?, more: String): Boolean = when {
            name == null || name != this.name || !isWhole() -> false
            more.isBlank() -> id == null || isThis(id)
            else -> isThis(id) && more.trim() == input.toString().trim()
        }

        private fun isThis(id: String?) = id != null && id == this.id

        /** Some gateways start with empty arguments and send the real ones later. */
        private fun isReplacedBy(more: String) =
            told == NOT_TOLD && input.toString().trim() == NO_ARGUMENTS && more.trimStart().startsWith('{')

        fun add(more: String) {
            if (isReplacedBy(more)) input.setLength(0)
            input.append(more)
        }

        suspend fun tell(number: Int, sink: StreamSink) {
            if (told == NOT_TOLD) {
                val made = ids.of(id)
                if (isCustom) sink.opaquePart(customCall(number, made))
                sink.toolCall(number, made, name, if (isCustom) asArguments(input.toString()) else unwrapped(input))
            } else if (told < input.length) {
                sink.toolCall(number, null, null, input.substring(told))
            }
            told = input.length
        }

        private fun customCall(number: Int, id: String): ContentPart.Opaque {
            val json = JsonWriter().obj {
                name("id").value(id)
                name("type").value(CUSTOM)
                name(CUSTOM).obj {
                    name("name").value(name.orEmpty())
                    name("input").value(input.toString())
                }
            }
            return ContentPart.Opaque(CUSTOM, String(json.toByteArray()), CHAT_FORM, 0, number)
        }
    }

    private companion object {
        const val NOT_TOLD = -1
        const val NO_ARGUMENTS = "{}"
    }
}

/** The type of a call of a custom tool, whose input is text, in chat completions. */
internal const val CUSTOM: String = "custom"

/** Returns [input], the text input of a custom tool, as JSON arguments. */
internal fun asArguments(input: String): String = String(JsonWriter().obj { name("input").value(input) }.toByteArray())

/** Returns the arguments in [text]. Some gateways send them JSON-encoded twice. */
internal fun unwrapped(text: CharSequence): String {
    val plain = text.toString()
    if (!plain.trimStart().startsWith('"') || !isWholeJson(plain)) return plain
    val inner = readWire(JsonPrimitive.serializer(), plain)?.content ?: return plain
    return if (inner.trimStart().startsWith('{')) inner else plain
}

/** Whether [text] is one complete JSON object, list or string. Checks only brackets and quotes. */
internal fun isWholeJson(text: CharSequence): Boolean {
    if (text.trimStart().firstOrNull() !in OPENING) return false
    var depth = 0
    var inString = false
    var escaped = false
    for (c in text) {
        when {
            escaped -> escaped = false
            c == '"' -> inString = !inString
            inString -> escaped = c == '\\'
            c in "{[" -> depth++
            c in "}]" -> depth--
        }
    }
    return depth == 0 && !inString
}

private val OPENING = setOf('{', '[', '"')
