package dev.muster.http.internal

import java.nio.ByteBuffer

/** The first bytes of a stream, kept until its first event, to say what came instead. */
internal class StreamOpening {
    private val bytes = ByteArray(LONGEST)
    private var size = 0
    var isOver: Boolean = false

    fun add(piece: ByteBuffer) {
        val length = minOf(piece.remaining(), bytes.size - size)
        piece.duplicate().get(bytes, size, length)
        size += length
    }

    override fun toString(): String = bytes.textWithoutMark(size)

    private companion object {
        const val LONGEST = 4 * 1024
    }
}
