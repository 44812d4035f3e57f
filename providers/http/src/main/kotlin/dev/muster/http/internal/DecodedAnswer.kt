package dev.muster.http.internal

import dev.muster.http.HttpAnswer
import java.io.IOException
import java.nio.ByteBuffer

/**
 * An answer whose body comes in a coding that nobody has asked for, as some gateways send it. It is decoded as it
 * comes: a read gives what the bytes so far say, and never more than [PIECE], however much a few bytes may stand for.
 */
internal class DecodedAnswer private constructor(private val answer: HttpAnswer, private val decoding: Decoding) :
    HttpAnswer,
    AutoCloseable {
    private val output = ByteArray(PIECE)
    private var pieces: Iterator<ByteBuffer> = emptyList<ByteBuffer>().iterator()
    private var input = NOTHING

    /** The bytes since the last that said something: there are codings of nothing without an end. */
    private var silent = 0L

    override val status: Int get() = answer.status

    override fun header(name: String): String? = if (name.lowercase() in OF_THE_CODING) null else answer.header(name)

    override suspend fun read(): List<ByteBuffer>? {
        while (true) {
            // With nothing to read, too: what did not fit into a piece before.
            val before = input.remaining()
            val made = decoding.decode(input, output)
            if (made > 0) {
                silent = 0
                return listOf(ByteBuffer.wrap(output, 0, made))
            }
            silent += before - input.remaining()
            if (silent > MAX_SILENT) throw CodingException("in a coding of nothing")
            if (!next()) return null
        }
    }

    /** Moves to the next input; returns false at the end. */
    private suspend fun next(): Boolean {
        while (!pieces.hasNext()) {
            val more = answer.read()
            if (more == null) {
                if (!decoding.isOver) throw IOException("The answer broke off within its coding")
                return false
            }
            pieces = more.iterator()
        }
        input = pieces.next()
        return true
    }

    override fun close() {
        decoding.close()
        (answer as? DecodedAnswer)?.close()
    }

    companion object {
        private const val PIECE = 16 * 1024
        private const val MAX_SILENT = 1L * 1024 * 1024
        private const val MAX_CODINGS = 3
        private const val MAX_NAME = 40
        private val NOTHING: ByteBuffer = ByteBuffer.allocate(0)
        private val OF_THE_CODING = setOf("content-encoding", "content-length")

        /**
         * [answer] with its body decoded, or [answer] itself where that has no coding.
         *
         * @throws CodingException where the coding is not known
         */
        fun of(answer: HttpAnswer): HttpAnswer {
            val header = answer.header("Content-Encoding") ?: return answer
            val codings = header.lowercase().split(',').map { it.trim() }.filter { it.isNotEmpty() && it != "identity" }
            if (codings.any { it !in KNOWN } || codings.size > MAX_CODINGS) {
                throw CodingException("in the Content-Encoding '${header.take(MAX_NAME)}', which was not asked for")
            }
            // The last one was done last.
            return codings.foldRight(answer) { coding, inner ->
                DecodedAnswer(inner, if (coding == "deflate") Inflation() else Gunzip())
            }
        }

        private val KNOWN = setOf("gzip", "x-gzip", "deflate")
    }
}

/** The body has a coding that cannot be undone; the message says what came. */
internal class CodingException(val what: String) : IOException("The answer is $what")
