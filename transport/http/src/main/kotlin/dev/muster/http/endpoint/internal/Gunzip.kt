package dev.muster.http.endpoint.internal

import java.nio.ByteBuffer
import java.util.zip.CRC32
import java.util.zip.DataFormatException
import java.util.zip.Inflater

/** Decodes one content encoding of a body that arrives in chunks of any size. Not thread-safe. */
internal interface Decoding : AutoCloseable {
    /** Whether the encoded data is complete, or has not started. */
    val isOver: Boolean

    /**
     * Decodes [input] into [output]. Returns the number of bytes written, or 0 if more input is needed. Call it again
     * with the same input until it returns 0.
     *
     * @throws CodingException if the input is not valid
     */
    fun decode(input: ByteBuffer, output: ByteArray): Int
}

/** `deflate`: wrapped in zlib format, as the standard requires, or raw, as some servers send it. */
internal class Inflation : Decoding {
    private var inflater: Inflater? = null

    override val isOver: Boolean get() = inflater?.finished() ?: true

    override fun decode(input: ByteBuffer, output: ByteArray): Int {
        if (inflater == null && !input.hasRemaining()) return 0
        val inflater = inflater ?: Inflater(!isZlib(input.get(input.position()))).also { inflater = it }
        return if (inflater.finished()) input.skipRest() else inflater.inflateOr("deflate", input, output)
    }

    // A raw stored block has none of these bits set.
    private fun isZlib(first: Byte) = first.toInt() and METHOD == DEFLATED

    override fun close() {
        inflater?.end()
    }

    private companion object {
        const val METHOD = 0x0F
        const val DEFLATED = 8
    }
}

/**
 * `gzip`: one or more members. Data that does not start like gzip is passed through, because some gateways decode a
 * body but leave the header.
 */
internal class Gunzip : Decoding {
    private val inflater = Inflater(true)
    private val header = GzipHeader()
    private val checksum = CRC32()
    private var state = State.START
    private var trailer = 0L
    private var trailerBytes = 0
    private var members = 0

    override val isOver: Boolean get() = state in ENDS

    override fun decode(input: ByteBuffer, output: ByteArray): Int {
        while (true) {
            val made = step(input, output)
            if (made > 0) return made
            if (!input.hasRemaining()) return 0
        }
    }

    private fun step(input: ByteBuffer, output: ByteArray): Int {
        when (state) {
            State.DATA -> return inflate(input, output)
            State.PLAIN -> return minOf(input.remaining(), output.size).also { input.get(output, 0, it) }
            State.OVER -> return input.skipRest()
            State.START -> if (input.hasRemaining()) begin(input)
            State.HEADER -> while (state == State.HEADER && input.hasRemaining()) header(input.get())
            State.TRAILER -> while (state == State.TRAILER && input.hasRemaining()) trailer(input.get())
        }
        return 0
    }

    /** A complete member is followed by another member, or by padding, which is ignored. */
    private fun begin(input: ByteBuffer) {
        state =
            when {
                input.get(input.position()) == FIRST -> State.HEADER
                members == 0 -> State.PLAIN
                else -> State.OVER
            }
    }

    private fun header(byte: Byte) {
        if (header.take(byte.toInt() and BYTE)) state = State.DATA
    }

    private fun inflate(input: ByteBuffer, output: ByteArray): Int {
        val made = inflater.inflateOr("gzip", input, output)
        checksum.update(output, 0, made)
        if (inflater.finished()) state = State.TRAILER
        return made
    }

    private fun trailer(byte: Byte) {
        trailer = trailer or ((byte.toLong() and BYTE.toLong()) shl (trailerBytes * Byte.SIZE_BITS))
        if (++trailerBytes < TRAILER_BYTES) return
        val sizeAndSum = (inflater.bytesWritten shl Int.SIZE_BITS) or checksum.value
        if (trailer != sizeAndSum) throw CodingException("gzip data with a wrong checksum")
        members++
        inflater.reset()
        checksum.reset()
        header.reset()
        trailer = 0
        trailerBytes = 0
        state = State.START
    }

    override fun close(): Unit = inflater.end()

    private enum class State { START, HEADER, DATA, TRAILER, PLAIN, OVER }

    private companion object {
        val ENDS = setOf(State.START, State.PLAIN, State.OVER)
        const val FIRST = 0x1F.toByte()
        const val BYTE = 0xFF
        const val TRAILER_BYTES = 8
    }
}

/** The header of a gzip member. */
private class GzipHeader {
    private var section = FIXED
    private var at = 0
    private var flags = 0
    private var extra = 0

    fun reset() {
        section = FIXED
        at = 0
        extra = 0
    }

    /** Reads the next [byte]. Returns true if it was the last one of the header. */
    fun take(byte: Int): Boolean {
        val isLast =
            when (section) {
                FIXED -> fixed(byte)

                EXTRA_LENGTH -> {
                    extra = extra or (byte shl (at * Byte.SIZE_BITS))
                    at == 1
                }

                EXTRA -> at == extra - 1

                NAME, COMMENT -> byte == 0

                else -> at == 1
            }
        at++
        if (isLast) {
            at = 0
            do section++ while (section < DATA && !isThere())
        }
        return section == DATA
    }

    private fun fixed(byte: Int): Boolean {
        val isWrong = (at == 1 && byte != SECOND) || (at == 2 && byte != DEFLATE)
        if (isWrong) throw CodingException("invalid gzip data")
        if (at == FLAGS_AT) flags = byte
        return at == FIXED_BYTES - 1
    }

    private fun isThere() = when (section) {
        EXTRA_LENGTH -> flags and HAS_EXTRA != 0
        EXTRA -> extra > 0
        NAME -> flags and HAS_NAME != 0
        COMMENT -> flags and HAS_COMMENT != 0
        else -> flags and HAS_CHECK != 0
    }

    private companion object {
        const val FIXED = 0
        const val EXTRA_LENGTH = 1
        const val EXTRA = 2
        const val NAME = 3
        const val COMMENT = 4
        const val DATA = 6
        const val FIXED_BYTES = 10
        const val SECOND = 0x8B
        const val DEFLATE = 8
        const val FLAGS_AT = 3
        const val HAS_CHECK = 2
        const val HAS_EXTRA = 4
        const val HAS_NAME = 8
        const val HAS_COMMENT = 16
    }
}

private fun ByteBuffer.skipRest(): Int {
    position(limit())
    return 0
}

private fun Inflater.inflateOr(coding: String, input: ByteBuffer, output: ByteArray): Int = try {
    if (needsInput()) setInput(input)
    inflate(output).also { if (it == 0 && needsDictionary()) throw CodingException("$coding data with a dictionary") }
} catch (_: DataFormatException) {
    throw CodingException("invalid $coding data")
}
