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
        while (true) {
            val line = lines.next() ?: return false
            if (line.isEmpty()) {
                if (dispatch()) return true
            } else {
                take(line)
            }
        }
    }

    /** Moves to the event that the end of the stream has left without its blank line, if there is one. */
    public fun last(): Boolean {
        lines.rest()?.let { if (it.isNotEmpty()) take(it) }
        return dispatch()
    }

    private fun take(line: String) {
        val colon = line.indexOf(':')
        when (if (colon < 0) line else line.substring(0, colon)) {
            "data" -> addData(value(line, colon))
            "event" -> pendingEvent = value(line, colon)
            // A line that begins with the colon is a comment, and id and retry are for reconnecting.
        }
    }

    private fun value(line: String, colon: Int): String = when {
        colon < 0 -> ""
        colon + 1 < line.length && line[colon + 1] == ' ' -> line.substring(colon + 2)
        else -> line.substring(colon + 1)
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
}
