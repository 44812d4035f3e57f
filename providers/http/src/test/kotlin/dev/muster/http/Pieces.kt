package dev.muster.http

import java.nio.ByteBuffer

/** All ways to cut [bytes] in two, each byte alone, and the whole: as the pieces a socket may give. */
internal fun everySplit(bytes: ByteArray): List<List<ByteBuffer>> {
    val inTwo = (0..bytes.size).map { at -> listOf(bytes.copyOfRange(0, at), bytes.copyOfRange(at, bytes.size)) }
    val alone = bytes.map { byteArrayOf(it) }
    return (inTwo + listOf(alone) + listOf(listOf(bytes))).map { pieces -> pieces.map(ByteBuffer::wrap) }
}

/** All ways to cut [bytes] in three. */
internal fun everySplitInThree(bytes: ByteArray): Sequence<List<ByteBuffer>> = sequence {
    for (first in 0..bytes.size) {
        for (second in first..bytes.size) {
            val pieces =
                listOf(
                    bytes.copyOfRange(0, first),
                    bytes.copyOfRange(first, second),
                    bytes.copyOfRange(second, bytes.size),
                )
            yield(pieces.map(ByteBuffer::wrap))
        }
    }
}
