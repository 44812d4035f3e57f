package dev.muster.http.codec

import java.nio.ByteBuffer
import java.util.Arrays

/**
 * Splits a stream of bytes into lines that end in LF, CRLF or CR. The bytes can arrive in chunks of any size. A line
 * is decoded as UTF-8 when it is complete, so a code point may be split across chunks. Keeps one buffer and allocates
 * nothing but the lines.
 *
 * Not thread-safe.
 *
 * @param limit the maximum line length in bytes; [next] throws [TooLargeException] for a longer line
 */
public class LineReader(private val limit: Int = DEFAULT_LINE_LIMIT) {
    private var bytes = ByteArray(INITIAL_BYTES)

    // The current incomplete line starts at `start`. There is no line end before `scanned`. The data ends at `end`.
    private var start = 0
    private var scanned = 0
    private var end = 0

    // A CR has ended the last line: an LF right after it belongs to that line end.
    private var afterCr = false
    private var first = true

    /** Adds all bytes of [piece]. Read all available lines with [next] before you feed more. */
    public fun feed(piece: ByteBuffer) {
        val length = piece.remaining()
        makeRoom(length)
        piece.get(bytes, end, length)
        end += length
    }

    // The line found by advance().
    private var from = 0
    private var to = 0

    /**
     * Returns the next complete line without its line end, or null if more bytes are needed.
     *
     * @throws TooLargeException if the line is longer than the limit
     */
    public fun next(): String? = if (advance()) text(0) else null

    /**
     * Moves to the next complete line and returns true, or returns false if more bytes are needed. Like [next], but
     * does not create the string.
     */
    @JvmSynthetic
    internal fun advance(): Boolean {
        if (afterCr && start < end) {
            afterCr = false
            if (bytes[start] == LF) start++
            scanned = maxOf(scanned, start)
        }
        while (scanned < end) {
            val byte = bytes[scanned++]
            if (byte == LF || byte == CR) {
                take(scanned - 1)
                start = scanned
                afterCr = byte == CR
                return true
            }
        }
        if (end - start > limit) throw TooLargeException("line", limit)
        return false
    }

    /** The length of the current line in bytes. */
    @get:JvmSynthetic
    internal val length: Int get() = to - from

    /** The byte at [index] of the current line. */
    @JvmSynthetic
    internal fun byteAt(index: Int): Byte = bytes[from + index]

    /** The current line without its first [skipped] bytes. Valid until more bytes are fed. */
    @JvmSynthetic
    internal fun text(skipped: Int): String = textAt(from + skipped, to)

    /** The position in the buffer of the byte at [index] of the current line. Valid until more bytes are fed. */
    @JvmSynthetic
    internal fun position(index: Int): Int = from + index

    /** The text in the buffer from [start] to [end]. */
    @JvmSynthetic
    internal fun textAt(start: Int, end: Int): String = String(bytes, start, end - start, Charsets.UTF_8)

    /** The last byte between [start] and [end] that is not a space, as an ASCII character. A space if there is none. */
    @JvmSynthetic
    internal fun lastOf(start: Int, end: Int): Char {
        var at = end - 1
        while (at >= start && bytes[at] == BLANK) at--
        return if (at < start) ' ' else bytes[at].toInt().toChar()
    }

    /**
     * The text in the buffer from [start] to [end], without [before] and [after] around it. Null if [before] or
     * [after] does not match, if the text is empty, or if it contains a character that would end or escape a JSON
     * string.
     */
    @JvmSynthetic
    internal fun textBetween(start: Int, end: Int, before: ByteArray, after: ByteArray): String? {
        val first = start + before.size
        val last = end - after.size
        val framed =
            first < last &&
                Arrays.equals(bytes, start, first, before, 0, before.size) &&
                Arrays.equals(bytes, last, end, after, 0, after.size)
        if (!framed) return null
        for (i in first until last) {
            val byte = bytes[i]
            if (byte == QUOTE || byte == BACKSLASH || byte in 0 until SPACE) return null
        }
        return textAt(first, last)
    }

    /** Returns the rest after the last line end, or null if nothing remains. For the end of the stream. */
    public fun rest(): String? = if (advanceToRest()) text(0) else null

    /** Moves to the rest after the last line end and returns true. Returns false if nothing remains. */
    @JvmSynthetic
    internal fun advanceToRest(): Boolean {
        if (afterCr && start < end && bytes[start] == LF) start++
        val isLeft = start < end
        if (isLeft) take(end)
        start = end
        scanned = end
        return isLeft
    }

    private fun take(lineEnd: Int) {
        if (lineEnd - start > limit) throw TooLargeException("line", limit)
        from = start
        to = lineEnd
        if (first) {
            first = false
            if (lineEnd - from >= BOM.size && BOM.indices.all { bytes[from + it] == BOM[it] }) from += BOM.size
        }
    }

    private fun makeRoom(length: Int) {
        val kept = end - start
        if (bytes.size - end >= length) return
        val target = if (bytes.size - kept >= length) bytes else ByteArray(maxOf(bytes.size * 2, kept + length))
        System.arraycopy(bytes, start, target, 0, kept)
        bytes = target
        scanned -= start
        end = kept
        start = 0
    }

    /** The default limit. */
    public companion object {
        /** 8 MiB. */
        public const val DEFAULT_LINE_LIMIT: Int = 8 * 1024 * 1024
        private const val INITIAL_BYTES = 2 * 1024
        private const val LF = '\n'.code.toByte()
        private const val CR = '\r'.code.toByte()
        private const val QUOTE = '"'.code.toByte()
        private const val BACKSLASH = '\\'.code.toByte()
        private const val SPACE = ' '.code
        private const val BLANK = ' '.code.toByte()
        private val BOM = byteArrayOf(0xEF.toByte(), 0xBB.toByte(), 0xBF.toByte())
    }
}
