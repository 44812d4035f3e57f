package dev.muster.test.internal

import com.fasterxml.jackson.core.JsonFactory
import com.fasterxml.jackson.core.JsonParser
import com.fasterxml.jackson.core.JsonProcessingException
import com.fasterxml.jackson.core.JsonStreamContext
import com.fasterxml.jackson.core.JsonToken

/** A string in a JSON text: what it says, and which character of that stands where in the text. */
internal class JsonString(
    val text: String,
    /** Where in the JSON it is, without the positions in lists: `/choices/delta/content`. */
    val place: String,
    private val pointer: String,
    private val numbers: Map<String, String>,
    private val offsets: IntArray,
) {
    /** Where it is with the positions, and with the numbers that events give their blocks and choices. */
    val numberedPlace: String get() = "$pointer $numbers"

    /** Where in the text the character at [index] begins, or the string ends. */
    fun offset(index: Int): Int = offsets[index]
}

/** Reads the strings of JSON texts. */
internal object JsonStrings {
    private const val DATA = "data:"
    private const val CODE = 4
    private val JSON = JsonFactory()

    /** The strings in [part], which stands at [at]: a JSON text, or an event whose data are one. */
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

    @Suppress("SwallowedException") // What is no JSON has no strings; what was one up to here has had these.
    private fun ofJson(text: String, at: Int): List<JsonString> {
        val strings = ArrayList<JsonString>()
        try {
            JSON.createParser(text).use { collect(it, text, at, strings) }
        } catch (_: JsonProcessingException) {
            // An event that was cut: its beginning has been read.
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

    /** The [numbers] of the event are known when all of it has been read. */
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
