package dev.muster.http

import java.nio.ByteBuffer

/** All ways to split [bytes] in two, each byte alone, and the whole: the chunks that a socket may return. */
internal fun everySplit(bytes: ByteArray): List<List<ByteBuffer>> {
    val inTwo = (0..bytes.size).map { at -> listOf(bytes.copyOfRange(0, at), bytes.copyOfRange(at, bytes.size)) }
    val alone = bytes.map { byteArrayOf(it) }
    return (inTwo + listOf(alone) + listOf(listOf(bytes))).map { pieces -> pieces.map(ByteBuffer::wrap) }
}

/** All ways to split [bytes] in three. */
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

/** Initial inputs for the fuzz targets, and ways to split them. */
internal object Pieces {
    /** Texts that cover every format. */
    @JvmStatic
    fun texts(): List<ByteArray> = listOf(
        "",
        "\uFEFF",
        "\uFEFFone\ntwo\r\nthree\rfour\n\nsix\r\r\né€😀\r\nrest",
        ": ping\n\ndata: {\"a\":1}\n\ndata:x\r\n\r\nevent: error\rdata: first\rdata:  second\rdata\r\r",
        "id: 7\nretry: 10\nevent: empty\n\nevent\ndata\n\nevent:\ndata: [DONE]",
        "data: a\ndata: b\ndata: c\n\n\n\ndata",
    ).map { it.toByteArray() } + byteArrayOf(0xE2.toByte(), '\n'.code.toByte(), 0x82.toByte(), 0xAC.toByte())

    /** [bytes] split at random positions, which are the same for the same bytes. */
    fun random(bytes: ByteArray): List<ByteArray> {
        val random = kotlin.random.Random(bytes.contentHashCode())
        val pieces = mutableListOf<ByteArray>()
        var from = 0
        while (from < bytes.size) {
            val to = minOf(bytes.size, from + random.nextInt(0, maxOf(2, bytes.size / 3)))
            pieces += bytes.copyOfRange(from, to)
            from = to
        }
        return pieces
    }

    /** Each byte alone. */
    fun bytewise(bytes: ByteArray): List<ByteArray> = bytes.map { byteArrayOf(it) }
}
