package dev.muster.http.codec

/**
 * Writes JSON directly as UTF-8 bytes. Does not check that names and values alternate: the caller must write valid
 * JSON.
 *
 * Not thread-safe.
 */
public class JsonWriter {
    private var bytes = ByteArray(INITIAL_BYTES)
    private var size = 0
    private var separate = false

    /** Writes an object. [members] writes its members with [name] followed by a value. */
    public inline fun obj(members: JsonWriter.() -> Unit): JsonWriter = apply {
        open('{')
        members()
        close('}')
    }

    /** Writes an array. [elements] writes its elements. */
    public inline fun array(elements: JsonWriter.() -> Unit): JsonWriter = apply {
        open('[')
        elements()
        close(']')
    }

    /** Writes a member's name. Write its value next. */
    public fun name(name: String): JsonWriter = apply {
        value(name)
        put(':')
        separate = false
    }

    /** Writes a string. A lone surrogate becomes U+FFFD. */
    public fun value(text: String): JsonWriter = apply {
        separate()
        put('"')
        writeEscaped(text)
        put('"')
    }

    /**
     * Writes a string, number, boolean, null, map, iterable or array, nested to any depth. Writes any other value as
     * the string returned by its `toString`.
     */
    public fun any(value: Any?): JsonWriter = apply {
        when (value) {
            null -> literal("null")
            is String -> value(value)
            is Boolean -> literal(value.toString())
            is Number -> number(value)
            is Map<*, *> -> obj { value.forEach { (key, member) -> name(key.toString()).any(member) } }
            is Iterable<*> -> array { value.forEach { any(it) } }
            is Array<*> -> array { value.forEach { any(it) } }
            else -> value(value.toString())
        }
    }

    /** Writes [json] unchanged. It must be valid JSON. */
    public fun raw(json: String): JsonWriter = literal(json)

    /** Returns a copy of the bytes written so far. */
    public fun toByteArray(): ByteArray = bytes.copyOf(size)

    @PublishedApi
    internal fun open(bracket: Char) {
        separate()
        put(bracket)
        separate = false
    }

    @PublishedApi
    internal fun close(bracket: Char) {
        put(bracket)
        separate = true
    }

    private fun number(value: Number) {
        require(value !is Double || value.isFinite()) { "JSON cannot represent the number $value" }
        require(value !is Float || value.isFinite()) { "JSON cannot represent the number $value" }
        literal(value.toString())
    }

    private fun literal(text: String): JsonWriter = apply {
        separate()
        writePlain(text)
    }

    private fun separate() {
        if (separate) put(',')
        separate = true
    }

    private fun writePlain(text: String) {
        val encoded = text.toByteArray()
        makeRoom(encoded.size)
        encoded.copyInto(bytes, size)
        size += encoded.size
    }

    private fun writeEscaped(text: String) {
        makeRoom(text.length)
        var i = 0
        while (i < text.length) {
            val c = text[i]
            when {
                c == '"' || c == '\\' -> put('\\').put(c)

                c < ' ' -> writeControl(c)

                c < '\u0080' -> put(c)

                c < '\u0800' -> put(0xC0 or (c.code shr 6), continuation(c.code))

                !c.isSurrogate() -> put(0xE0 or (c.code shr 12), continuation(c.code shr 6), continuation(c.code))

                c.isHighSurrogate() && i + 1 < text.length && text[i + 1].isLowSurrogate() ->
                    writeSupplementary(Character.toCodePoint(c, text[++i]))

                else -> put(0xEF, 0xBF, 0xBD)
            }
            i++
        }
    }

    private fun writeControl(c: Char) {
        when (c) {
            '\n' -> writePlain("\\n")
            '\r' -> writePlain("\\r")
            '\t' -> writePlain("\\t")
            else -> writePlain("\\u" + c.code.toString(HEX).padStart(4, '0'))
        }
    }

    private fun writeSupplementary(code: Int) =
        put(0xF0 or (code shr 18), continuation(code shr 12), continuation(code shr 6), continuation(code))

    private fun continuation(code: Int) = 0x80 or (code and 0x3F)

    private fun put(c: Char): JsonWriter = apply { put(c.code) }

    private fun put(first: Int) {
        if (size == bytes.size) makeRoom(1)
        bytes[size++] = first.toByte()
    }

    private fun put(first: Int, second: Int) {
        put(first)
        put(second)
    }

    private fun put(first: Int, second: Int, third: Int) {
        put(first, second)
        put(third)
    }

    private fun put(first: Int, second: Int, third: Int, fourth: Int) {
        put(first, second)
        put(third, fourth)
    }

    private fun makeRoom(length: Int) {
        if (bytes.size - size < length) bytes = bytes.copyOf(maxOf(bytes.size * 2, size + length))
    }

    private companion object {
        const val INITIAL_BYTES = 1024
        const val HEX = 16
    }
}
