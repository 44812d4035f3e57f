package dev.muster.http

import java.nio.ByteBuffer

/**
 * Cuts a stream of bytes into lines that end in LF, CRLF or CR, in whatever pieces they come. A line is decoded as
 * UTF-8 once it is whole, so a code point may be split between pieces. Keeps one buffer and makes no garbage but the
 * lines.
 *
 * Not thread-safe.
 *
 * @param limit the longest line in bytes; beyond it [next] throws [TooLargeException]
 */
public class LineReader(private val limit: Int = DEFAULT_LINE_LIMIT) {
    private var bytes = ByteArray(INITIAL_BYTES)

    // The bytes of the line being read begin at start; those before scanned hold no line end; the data ends at end.
    private var start = 0
    private var scanned = 0
    private var end = 0

    // A CR has ended a line: a LF that follows belongs to it.
    private var afterCr = false
    private var first = true

    /** Takes all bytes of [piece]. Take the lines out by [next] before feeding more. */
    public fun feed(piece: ByteBuffer) {
        val length = piece.remaining()
        makeRoom(length)
        piece.get(bytes, end, length)
        end += length
    }

    /**
     * The next whole line without its ending, or null until more is fed.
     *
     * @throws TooLargeException where the line is longer than the limit
     */
    public fun next(): String? {
        if (afterCr && start < end) {
            afterCr = false
            if (bytes[start] == LF) start++
            scanned = maxOf(scanned, start)
        }
        while (scanned < end) {
            val byte = bytes[scanned++]
            if (byte == LF || byte == CR) {
                val line = take(scanned - 1)
                start = scanned
                afterCr = byte == CR
                return line
            }
        }
        if (end - start > limit) throw TooLargeException("line", limit)
        return null
    }

    /** What is left after the last line end, or null; for the end of the stream. */
    public fun rest(): String? {
        if (afterCr && start < end && bytes[start] == LF) start++
        val line = if (start < end) take(end) else null
        start = end
        scanned = end
        return line
    }

    private fun take(lineEnd: Int): String {
        if (lineEnd - start > limit) throw TooLargeException("line", limit)
        var from = start
        if (first) {
            first = false
            if (lineEnd - from >= BOM.size && BOM.indices.all { bytes[from + it] == BOM[it] }) from += BOM.size
        }
        return String(bytes, from, lineEnd - from, Charsets.UTF_8)
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
        private val BOM = byteArrayOf(0xEF.toByte(), 0xBB.toByte(), 0xBF.toByte())
    }
}
