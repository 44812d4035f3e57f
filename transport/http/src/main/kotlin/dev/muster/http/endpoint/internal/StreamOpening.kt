package dev.muster.http.endpoint.internal

import dev.muster.http.codec.LineReader
import java.nio.ByteBuffer

/**
 * The start of a stream before its first event, to report what was received instead. Keeps the first bytes, or all
 * bytes if they are JSON, which may be a complete response.
 */
internal class StreamOpening {
    private var bytes = ByteArray(LONGEST)
    private var size = 0
    private var isCut = false
    var isOver: Boolean = false

    fun add(piece: ByteBuffer) {
        if (isCut) return
        val all = size + piece.remaining()
        if (all > bytes.size && all <= LineReader.DEFAULT_LINE_LIMIT && isJson(piece)) {
            bytes = bytes.copyOf(maxOf(all, 2 * bytes.size))
        }
        val length = minOf(piece.remaining(), bytes.size - size)
        piece.duplicate().get(bytes, size, length)
        size += length
        isCut = size < all
    }

    /** Whether the bytes so far, including [next], start like JSON, after an optional byte order mark. */
    private fun isJson(next: ByteBuffer): Boolean {
        val first = (0 until size).firstOrNull { isSaid(bytes[it]) }?.let { bytes[it] }
        val more = (next.position() until next.limit()).firstOrNull { isSaid(next.get(it)) }?.let { next.get(it) }
        return (first ?: more) == BRACE
    }

    // The bytes of the mark are negative.
    private fun isSaid(byte: Byte) = byte > BLANK

    override fun toString(): String = bytes.textWithoutMark(size)

    private companion object {
        const val LONGEST = 4 * 1024
        const val BLANK = ' '.code.toByte()
        const val BRACE = '{'.code.toByte()
    }
}
