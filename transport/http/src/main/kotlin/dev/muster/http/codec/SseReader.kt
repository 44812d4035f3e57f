package dev.muster.http.codec

import java.nio.ByteBuffer

/** A server-sent event in the reader's buffer. Valid until the next event is read. */
public interface SseEvent {
    /** The event name, or null if it has none. */
    public val name: String?

    /** The event data, with its lines joined by LF. Decoded on access. */
    public val data: String

    /**
     * Returns the decoded data between [before] and [after]. Returns null if the data does not start and end that
     * way, or if the part between is empty or contains a quote, a backslash or a control character.
     *
     * For JSON that is known except for one string: only that string is decoded.
     */
    public fun between(before: ByteArray, after: ByteArray): String?
}

/**
 * Reads server-sent events as specified by WHATWG: multi-line data, an optional space after the colon, comments, any
 * line end. The bytes can arrive in chunks of any size. It is a cursor: [next] moves it to the next event, and the
 * reader itself is the current event.
 *
 * Some servers omit the blank line between two events. A second name starts another event. So does data that starts
 * like JSON after data that ends like JSON, because two JSON values never follow each other inside one event.
 *
 * Not thread-safe.
 */
public class SseReader(private val limit: Int = LineReader.DEFAULT_LINE_LIMIT) : SseEvent {
    private val lines = LineReader(limit)
    private val current = Data()
    private val pending = Data()
    private var pendingName: String? = null

    /** Whether the event's name came after its data. */
    private var isNameLate = false

    /** Whether the current line is not processed yet, because the event before it had no blank line. */
    private var isHeld = false
    private var lastName = ""
    private val foreign = StringBuilder()

    /**
     * The lines since the last event that look like JSON and not like an event field, limited to a few thousand
     * characters. Some servers report a failure this way before they end the stream.
     */
    @get:JvmSynthetic
    internal val foreignLines: String get() = foreign.toString()

    override var name: String? = null
        private set

    override val data: String get() = current.text()

    /** Adds all bytes of [piece]. Read all available events with [next] before you feed more. */
    public fun feed(piece: ByteBuffer) {
        if (isHeld) takeHeld()
        // Feeding may move or discard the buffer's content.
        pending.keep()
        current.forget()
        lines.feed(piece)
    }

    /**
     * Moves to the next complete event. Returns false if more bytes are needed. Skips events without data.
     *
     * @throws TooLargeException if a line or an event is longer than the limit
     */
    public fun next(): Boolean {
        if (isHeld) takeHeld()
        while (lines.advance()) {
            if (lines.length == 0) {
                if (dispatch()) return true
            } else if (beginsAnother()) {
                return dispatchBefore()
            } else {
                take()
            }
        }
        return false
    }

    /**
     * Moves to the next event after the stream has ended: the last event may lack its blank line. Returns false if
     * there is none.
     */
    public fun last(): Boolean {
        if (next()) return true
        if (lines.advanceToRest() && lines.length > 0) {
            if (beginsAnother()) return dispatchBefore()
            take()
        }
        return dispatch()
    }

    override fun between(before: ByteArray, after: ByteArray): String? = current.between(before, after)

    // A line that starts with a colon is a comment. The fields id and retry are only for reconnecting.
    private fun take() {
        if (isField(DATA)) {
            pending.add(valueStart(DATA.length))
        } else if (isField(EVENT)) {
            isNameLate = pending.isThere && pendingName == null
            pendingName = nameAt(valueStart(EVENT.length))
        } else if (foreign.length < MAX_FOREIGN && (foreign.isNotEmpty() || lines.byteAt(0) in OPENING)) {
            foreign.append(lines.text(0).take(MAX_FOREIGN)).append('\n')
        }
    }

    private fun takeHeld() {
        isHeld = false
        take()
    }

    /** Whether the current line starts another event although there was no blank line. */
    private fun beginsAnother(): Boolean = when {
        !pending.isThere -> false
        isField(DATA) -> beginsLikeJson(valueStart(DATA.length)) && pending.endsLikeJson()
        else -> pendingName != null && isField(EVENT)
    }

    private fun beginsLikeJson(start: Int): Boolean {
        for (i in start until lines.length) {
            val byte = lines.byteAt(i)
            if (byte != SPACE) return byte in OPENING
        }
        return false
    }

    /**
     * Moves to the event before the current line and holds that line. A name that came after the data belongs to the
     * next event.
     */
    private fun dispatchBefore(): Boolean {
        isHeld = true
        val next = pendingName.takeIf { isNameLate && isField(DATA) }
        if (next != null) pendingName = null
        dispatch()
        pendingName = next
        return true
    }

    /** Whether the current line is the field [name], with or without a colon. */
    private fun isField(name: String): Boolean {
        if (lines.length < name.length ||
            (lines.length > name.length && lines.byteAt(name.length) != COLON)
        ) {
            return false
        }
        return name.indices.all { lines.byteAt(it) == name[it].code.toByte() }
    }

    /** The position in the line where the value starts. [colon] is the position of the colon. */
    private fun valueStart(colon: Int): Int = when {
        lines.length == colon -> colon
        lines.length > colon + 1 && lines.byteAt(colon + 1) == SPACE -> colon + 2
        else -> colon + 1
    }

    // A stream has few names, and usually the last one repeats.
    private fun nameAt(start: Int): String {
        val same =
            lines.length - start == lastName.length &&
                lastName.indices.all { lines.byteAt(start + it).toInt() == lastName[it].code }
        if (!same) lastName = lines.text(start)
        return lastName
    }

    private fun dispatch(): Boolean {
        val name = pendingName
        pendingName = null
        isNameLate = false
        if (!pending.isThere) return false
        foreign.setLength(0)
        this.name = name?.ifEmpty { null }
        current.takeFrom(pending)
        return true
    }

    /**
     * The data of one event. It stays a range of the buffer while it is one line that nobody has read, else it is
     * text.
     */
    private inner class Data {
        private var from = NOWHERE
        private var to = 0
        private var text: String? = null
        private val more = StringBuilder()

        val isThere: Boolean get() = from != NOWHERE || text != null || more.isNotEmpty()

        /** Adds the current line, starting at its byte [start]. */
        fun add(start: Int) {
            if (!isThere) {
                from = lines.position(start)
                to = lines.position(lines.length)
                return
            }
            if (more.isEmpty()) more.append(text())
            more.append('\n').append(lines.text(start))
            text = null
            if (more.length > limit) throw TooLargeException("event", limit)
        }

        fun text(): String {
            text?.let { return it }
            val made =
                when {
                    more.isNotEmpty() -> more.toString()
                    from == GONE -> error("Read the event's data before feeding more bytes")
                    from != NOWHERE -> lines.textAt(from, to)
                    else -> return ""
                }
            text = made
            from = NOWHERE
            return made
        }

        fun endsLikeJson(): Boolean = when {
            more.isNotEmpty() -> more.endsLikeJson()
            text != null -> text.orEmpty().endsLikeJson()
            else -> lines.lastOf(from, to) in CLOSING
        }

        private fun CharSequence.endsLikeJson(): Boolean {
            val at = indices.reversed().firstOrNull { this[it] != ' ' && this[it] != '\n' } ?: return false
            return this[at] in CLOSING
        }

        /** Takes over the data of [other] and clears [other]. */
        fun takeFrom(other: Data) {
            text = if (other.from == NOWHERE) other.text() else null
            from = other.from
            to = other.to
            other.from = NOWHERE
            other.text = null
            other.more.setLength(0)
        }

        /** Copies the data out of the buffer. */
        fun keep() {
            if (from != NOWHERE) text()
        }

        /** Drops data that is still in the buffer. */
        fun forget() {
            if (from != NOWHERE) from = GONE
        }

        fun between(before: ByteArray, after: ByteArray): String? =
            if (from < 0) null else lines.textBetween(from, to, before, after)
    }

    private companion object {
        const val DATA = "data"
        const val EVENT = "event"
        const val COLON = ':'.code.toByte()
        const val SPACE = ' '.code.toByte()
        const val MAX_FOREIGN = 4 * 1024
        val OPENING = setOf('{'.code.toByte(), '['.code.toByte())
        const val CLOSING = "}]"
        const val NOWHERE = -1
        const val GONE = -2
    }
}
