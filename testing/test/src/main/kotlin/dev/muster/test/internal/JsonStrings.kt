package dev.muster.test.internal

import com.fasterxml.jackson.core.JsonFactory
import com.fasterxml.jackson.core.JsonParser
import com.fasterxml.jackson.core.JsonProcessingException
import com.fasterxml.jackson.core.JsonStreamContext
import com.fasterxml.jackson.core.JsonToken

/** A string in a JSON text: its decoded value, and the position of each of its characters in the JSON text. */
internal class JsonString(
    val text: String,
    /** The path in the JSON, without list indexes: `choices/delta/content`. */
    val place: String,
    private val pointer: String,
    private val numbers: Map<String, String>,
    private val offsets: IntArray,
) {
    /** The path with list indexes, and with the index fields that the event gives its blocks and choices. */
    val numberedPlace: String get() = "$pointer $numbers"

    /** Returns the position in the JSON text of the character at [index], or of the end of the string. */
    fun offset(index: Int): Int = offsets[index]
}

internal object JsonStrings {
    private const val DATA = "data:"
    private const val CODE = 4
    private val JSON = JsonFactory()

    /** Returns the strings in [part], a JSON text or an event with JSON data, which starts at the position [at]. */
    fun of(part: String, at: Int): List<JsonString> {
        val first = part.indexOfFirst { !it.isWhitespace() }
        if (first >= 0 && part[first] in "{[") return ofJson(part, at)
        var start = 0
        return part.split('\n').flatMap { line ->
            val begin = start
            start += line.length + 1
            if (line.startsWith(DATA)) ofJson(line.substring(DATA.length), at + begin + DATA.length) else emptyList()
        }
    }

    @Suppress("SwallowedException") // Invalid JSON yields the strings found before the error.
    private fun ofJson(text: String, at: Int): List<JsonString> {
        val strings = ArrayList<JsonString>()
        try {
            JSON.createParser(text).use { collect(it, text, at, strings) }
        } catch (_: JsonProcessingException) {
            // The event was cut: the strings of its start have been collected.
        }
        return strings
    }

    private fun collect(parser: JsonParser, text: String, at: Int, into: MutableList<JsonString>) {
        val numbers = HashMap<String, String>()
        while (true) {
            val token = parser.nextToken() ?: return
            val name = parser.currentName().orEmpty()
            if (token == JsonToken.VALUE_NUMBER_INT && name.endsWith("index")) numbers[name] = parser.text
            if (token == JsonToken.VALUE_STRING) into += string(parser, text, at, numbers)
        }
    }

    /** The map [numbers] is shared: it is complete only when the whole event has been read. */
    private fun string(parser: JsonParser, text: String, at: Int, numbers: Map<String, String>): JsonString {
        val said = parser.text
        val offsets = IntArray(said.length + 1)
        var raw = parser.currentTokenLocation().charOffset.toInt() + 1
        for (index in said.indices) {
            offsets[index] = at + raw
            raw += if (text[raw] != '\\') 1 else escapeLength(text, raw)
        }
        offsets[said.length] = at + raw
        val context = parser.parsingContext
        return JsonString(said, place(context), context.pathAsPointer().toString(), numbers, offsets)
    }

    private fun escapeLength(text: String, at: Int) = if (text[at + 1] == 'u') 2 + CODE else 2

    private fun place(context: JsonStreamContext): String =
        generateSequence(context) { it.parent }.mapNotNull { it.currentName }.toList().asReversed().joinToString("/")
}
