package dev.muster.http

import java.nio.ByteBuffer

/** A server-sent event as it stands in the reader's buffer: good until the next one is read. */
public interface SseEvent {
    /** Its name, or null where it has none. */
    public val name: String?

    /** Its data, the lines of it joined by LF; decoded when it is asked for. */
    public val data: String

    /**
     * What stands in the data between [before] and [after], decoded, or null where the data does not begin and end so,
     * has nothing between, or a quote, a backslash or a control character there. For JSON that is known but for one
     * string: nothing else of it is decoded.
     */
    public fun between(before: ByteArray, after: ByteArray): String?
}

/**
 * Reads server-sent events as the WHATWG form has them, in whatever pieces they come: multi-line data, no space after
 * the colon, comments, any line end. A cursor: [next] moves it, and it is the event that it stands on.
 *
 * Some servers leave out the blank line between two events. A second name begins another event, and so does data that
 * begins like JSON behind data that ends like JSON: no JSON has the one right behind the other.
 *
 * Not thread-safe.
 */
public class SseReader(private val limit: Int = LineReader.DEFAULT_LINE_LIMIT) : SseEvent {
    private val lines = LineReader(limit)
    private val current = Data()
    private val pending = Data()
    private var pendingName: String? = null

    /** Whether the name has come behind the data. */
    private var isNameLate = false

    /** Whether the current line is still to be taken: the event before it had no blank line. */
    private var isHeld = false
    private var lastName = ""
    private val foreign = StringBuilder()

    /**
     * The lines since the last event that look like JSON and like nothing of an event, the first few thousand
     * characters of them: some servers report so that they break off.
     */
    @get:JvmSynthetic
    internal val foreignLines: String get() = foreign.toString()

    override var name: String? = null
        private set

    override val data: String get() = current.text()

    /** Takes all bytes of [piece]. Read the events by [next] before feeding more. */
    public fun feed(piece: ByteBuffer) {
        if (isHeld) takeHeld()
        // What stands in the buffer may move, or go.
        pending.keep()
        current.forget()
        lines.feed(piece)
    }

    /**
     * Moves to the next whole event; returns false until more is fed. Events without data are passed over.
     *
     * @throws TooLargeException where a line or an event is longer than the limit
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

    /** Moves to the next event that the end of the stream has left without its blank line, if there is one. */
    public fun last(): Boolean {
        if (next()) return true
        if (lines.advanceToRest() && lines.length > 0) {
            if (beginsAnother()) return dispatchBefore()
            take()
        }
        return dispatch()
    }

    override fun between(before: ByteArray, after: ByteArray): String? = current.between(before, after)

    // A line that begins with the colon is a comment, and id and retry are for reconnecting.
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

    /** Whether the event before the current line has ended, though there is no blank line. */
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

    /** Moves to the event before the current line, which is held; a name behind the data is the next one's. */
    private fun dispatchBefore(): Boolean {
        isHeld = true
        val next = pendingName.takeIf { isNameLate && isField(DATA) }
        if (next != null) pendingName = null
        dispatch()
        pendingName = next
        return true
    }

    /** Whether the current line is the field [name], with a colon or without. */
    private fun isField(name: String): Boolean {
        if (lines.length < name.length ||
            (lines.length > name.length && lines.byteAt(name.length) != COLON)
        ) {
            return false
        }
        return name.indices.all { lines.byteAt(it) == name[it].code.toByte() }
    }

    /** Where in the line the value begins, behind the colon that stands at [colon]. */
    private fun valueStart(colon: Int): Int = when {
        lines.length == colon -> colon
        lines.length > colon + 1 && lines.byteAt(colon + 1) == SPACE -> colon + 2
        else -> colon + 1
    }

    // A stream has few names, and most often the one before comes again.
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

    /** The data of one event: a part of the buffer as long as it is one line that nobody has asked for, else text. */
    private inner class Data {
        private var from = NOWHERE
        private var to = 0
        private var text: String? = null
        private val more = StringBuilder()

        val isThere: Boolean get() = from != NOWHERE || text != null || more.isNotEmpty()

        /** Adds the current line from its byte [start] on. */
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
                    from == GONE -> error("An event is read before more is fed")
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

        /** Takes over what [other] has, which is empty then. */
        fun takeFrom(other: Data) {
            text = if (other.from == NOWHERE) other.text() else null
            from = other.from
            to = other.to
            other.from = NOWHERE
            other.text = null
            other.more.setLength(0)
        }

        /** Keeps what stands in the buffer outside of it. */
        fun keep() {
            if (from != NOWHERE) text()
        }

        /** Keeps nothing that stands in the buffer. */
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
