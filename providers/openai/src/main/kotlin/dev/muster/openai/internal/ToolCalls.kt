package dev.muster.openai.internal

import dev.muster.chat.ContentPart
import dev.muster.http.CallIds
import dev.muster.http.JsonWriter
import dev.muster.spi.StreamSink
import kotlinx.serialization.json.JsonPrimitive

/**
 * Puts the tool calls of one answer together from their pieces. The protocol tells them apart by index; endpoints also
 * send none, or one for all of them, leave out ids, make up a fresh id for every piece, or send one call on two
 * indexes. So an id that is known decides first, then the index; and a name begins another call where the arguments so
 * far are whole. The pieces are kept until the answer ends, as only then is it known what they are.
 */
internal class ToolCalls(private val ids: CallIds) {
    private val calls = ArrayList<Call>(0)

    /** How many have begun. */
    val count: Int get() = calls.size

    /** Takes [piece] of a call. */
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
        // Calls without ids whose pieces take turns, each with its name.
        val open = if (id == null && name != null) there.lastOrNull { it.name == name && !it.isWhole() } else null
        return open ?: there.lastOrNull() ?: calls.last().takeIf { it.index == null && name == null }
    }

    /** Hands what has come to [sink], calls that were handed on before excepted. */
    suspend fun tell(sink: StreamSink) = calls.forEachIndexed { number, call -> call.tell(number, sink) }

    private inner class Call(val index: Int?, var id: String?, var name: String?, private val isCustom: Boolean) {
        private val input = StringBuilder()
        private var told = NOT_TOLD

        fun isWhole() = isWholeJson(input)

        /** Whether a piece with [id], [name] and [more] begins another call. */
        fun isFollowedBy(id: String?, name: String?, more: String): Boolean = when {
            // Without a name it can only go on.
            name == null -> false

            id != null && this.id != null && id != this.id -> true

            this.name != null && name != this.name -> id == null || id != this.id

            else -> isWhole() && !repeats(id, name, more) && !(isThis(id) && isReplacedBy(more))
        }

        /** Whether a piece tells once more what is known: under the id of this call, or by its name alone. */
        fun repeats(id: String?, name: String?, more: String): Boolean = when {
            name == null || name != this.name || !isWhole() -> false
            more.isBlank() -> id == null || isThis(id)
            else -> isThis(id) && more.trim() == input.toString().trim()
        }

        private fun isThis(id: String?) = id != null && id == this.id

        /** Some bridges begin with no arguments and send those that there are behind. */
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
            return ContentPart.Opaque(CUSTOM, String(json.toByteArray()), CHAT_FORM, callsBefore = number)
        }
    }

    private companion object {
        const val NOT_TOLD = -1
        const val NO_ARGUMENTS = "{}"
    }
}

/** The word for a call of a tool that takes a text, in chat completions. */
internal const val CUSTOM: String = "custom"

/** [input], a text that a custom tool is given, as the arguments of a call. */
internal fun asArguments(input: String): String = String(JsonWriter().obj { name("input").value(input) }.toByteArray())

/** The arguments in [text], of which some gateways send the JSON of their text. */
internal fun unwrapped(text: CharSequence): String {
    val plain = text.toString()
    if (!plain.trimStart().startsWith('"') || !isWholeJson(plain)) return plain
    val inner = readWire(JsonPrimitive.serializer(), plain)?.content ?: return plain
    return if (inner.trimStart().startsWith('{')) inner else plain
}

/** Whether [text] is one whole object, list or string of JSON, as far as its ends tell. */
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
