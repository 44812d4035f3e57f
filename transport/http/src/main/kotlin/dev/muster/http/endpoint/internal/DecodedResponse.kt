package dev.muster.http.endpoint.internal

import dev.muster.http.transport.HttpAnswer
import java.io.IOException
import java.nio.ByteBuffer

/**
 * A response whose body has a content encoding that was not requested, as some gateways send it. It is decoded while
 * it arrives: a read returns what the bytes so far decode to, and at most [PIECE] bytes, however far they expand.
 */
internal class DecodedResponse private constructor(private val answer: HttpAnswer, private val decoding: Decoding) :
    HttpAnswer,
    AutoCloseable {
    private val output = ByteArray(PIECE)
    private var pieces: Iterator<ByteBuffer> = emptyList<ByteBuffer>().iterator()
    private var input = NOTHING

    /** The input bytes since the last output: some encodings of nothing never end. */
    private var silent = 0L

    override val status: Int get() = answer.status

    override fun header(name: String): String? = if (name.lowercase() in OF_THE_CODING) null else answer.header(name)

    override suspend fun read(): List<ByteBuffer>? {
        while (true) {
            // Also with empty input: output that did not fit into the last chunk may remain.
            val before = input.remaining()
            val made = decoding.decode(input, output)
            if (made > 0) {
                silent = 0
                return listOf(ByteBuffer.wrap(output, 0, made))
            }
            silent += before - input.remaining()
            if (silent > MAX_SILENT) throw CodingException("compressed data that decodes to nothing")
            if (!next()) return null
        }
    }

    /** Moves to the next input. Returns false at the end. */
    private suspend fun next(): Boolean {
        while (!pieces.hasNext()) {
            val more = answer.read()
            if (more == null) {
                if (!decoding.isOver) throw IOException("The response ended in the middle of its compressed data")
                return false
            }
            pieces = more.iterator()
        }
        input = pieces.next()
        return true
    }

    override fun close() {
        decoding.close()
        (answer as? DecodedResponse)?.close()
    }

    companion object {
        private const val PIECE = 16 * 1024
        private const val MAX_SILENT = 1L * 1024 * 1024
        private const val MAX_CODINGS = 3
        private const val MAX_NAME = 40
        private val NOTHING: ByteBuffer = ByteBuffer.allocate(0)
        private val OF_THE_CODING = setOf("content-encoding", "content-length")

        /**
         * Returns [answer] with its body decoded, or [answer] itself if it has no content encoding.
         *
         * @throws CodingException if the encoding is unknown
         */
        fun of(answer: HttpAnswer): HttpAnswer {
            val header = answer.header("Content-Encoding") ?: return answer
            val codings = header.lowercase().split(',').map { it.trim() }.filter { it.isNotEmpty() && it != "identity" }
            if (codings.any { it !in KNOWN } || codings.size > MAX_CODINGS) {
                throw CodingException("in the Content-Encoding '${header.take(MAX_NAME)}', which was not requested")
            }
            // Encodings are listed in the order they were applied.
            return codings.foldRight(answer) { coding, inner ->
                DecodedResponse(inner, if (coding == "deflate") Inflation() else Gunzip())
            }
        }

        private val KNOWN = setOf("gzip", "x-gzip", "deflate")
    }
}

/** The body has an encoding that cannot be decoded. [what] completes the sentence "the response body is …". */
internal class CodingException(val what: String) : IOException("The response body is $what")
