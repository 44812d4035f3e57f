package dev.muster.http

import java.nio.ByteBuffer

/**
 * Reads server-sent events as the WHATWG form has them, in whatever pieces they come: multi-line data, no space after
 * the colon, comments, any line end. A cursor: [next] moves it, [event] and [data] are what it stands on.
 *
 * Not thread-safe.
 */
public class SseReader(limit: Int = LineReader.DEFAULT_LINE_LIMIT) {
    private val lines = LineReader(limit)
    private val limit = limit
    private val more = StringBuilder()
    private var pendingData: String? = null
    private var pendingEvent: String? = null

    /** The name of the current event, or null where it has none. */
    public var event: String? = null
        private set

    /** The data of the current event, its lines joined by LF. */
    public var data: String = ""
        private set

    /** Takes all bytes of [piece]. Read the events by [next] before feeding more. */
    public fun feed(piece: ByteBuffer): Unit = lines.feed(piece)

    /**
     * Moves to the next whole event; returns false until more is fed. Events without data are passed over.
     *
     * @throws TooLargeException where a line or an event is longer than the limit
     */
    public fun next(): Boolean {
        while (lines.advance()) {
            if (lines.length == 0) {
                if (dispatch()) return true
            } else {
                take()
            }
        }
        return false
    }

    /** Moves to the event that the end of the stream has left without its blank line, if there is one. */
    public fun last(): Boolean {
        if (lines.advanceToRest() && lines.length > 0) take()
        return dispatch()
    }

    // A line that begins with the colon is a comment, and id and retry are for reconnecting.
    private fun take() {
        if (isField(DATA)) {
            addData(value(DATA.length))
        } else if (isField(EVENT)) {
            pendingEvent = value(EVENT.length)
        }
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

    private fun value(colon: Int): String {
        if (lines.length == colon) return ""
        val spaced = lines.length > colon + 1 && lines.byteAt(colon + 1) == SPACE
        return lines.text(if (spaced) colon + 2 else colon + 1)
    }

    private fun addData(value: String) {
        val before = pendingData
        if (before == null) {
            pendingData = value
            return
        }
        if (more.isEmpty()) more.append(before)
        more.append('\n').append(value)
        if (more.length > limit) throw TooLargeException("event", limit)
    }

    private fun dispatch(): Boolean {
        val whole = if (more.isEmpty()) pendingData else more.toString()
        val name = pendingEvent
        more.setLength(0)
        pendingData = null
        pendingEvent = null
        if (whole == null) return false
        event = name?.ifEmpty { null }
        data = whole
        return true
    }

    private companion object {
        const val DATA = "data"
        const val EVENT = "event"
        const val COLON = ':'.code.toByte()
        const val SPACE = ' '.code.toByte()
    }
}
