package dev.muster.fake.internal.net

import java.nio.ByteBuffer

/**
 * Parses HTTP/1.1 requests from bytes that arrive in chunks of any size. Bodies have a Content-Length or are chunked,
 * and their size is limited. After each [feed], call [next] until it returns null.
 */
internal class RequestParser(private val maxBody: Int) {
    private var buffer = ByteArray(INITIAL)
    private var start = 0
    private var end = 0

    private var head: Head? = null
    private var body = ByteArray(0)
    private var filled = 0
    private var chunkLeft = NO_CHUNK

    /** The number of bytes fed that are not yet part of a returned request. */
    val buffered: Int get() = end - start

    /** Whether the client waits for `100 Continue` before it sends its body. */
    var continueWanted = false
        private set

    fun continueSent() {
        continueWanted = false
    }

    fun feed(bytes: ByteBuffer) {
        val count = bytes.remaining()
        if (end + count > buffer.size) makeRoom(count)
        bytes.get(buffer, end, count)
        end += count
    }

    /**
     * Returns the next complete request, or null if more bytes are needed. Throws [BadRequest] if they are not a
     * valid request.
     */
    fun next(): HttpRequest? {
        val current = head ?: readHead()?.also { begin(it) } ?: return null
        val complete = if (current.chunked) readChunks() else readLength(current.length)
        if (!complete) return null
        val request =
            HttpRequest(current.method, current.target, current.version, current.headers, body.copyOf(filled))
        head = null
        body = ByteArray(0)
        filled = 0
        chunkLeft = NO_CHUNK
        continueWanted = false
        return request
    }

    private fun begin(new: Head) {
        head = new
        if (new.length > maxBody) throw tooLarge()
        body = ByteArray(if (new.chunked) 0 else new.length)
        filled = 0
        continueWanted = new.expectsContinue && (new.chunked || new.length > 0) && buffered == 0
    }

    private fun readHead(): Head? {
        // The RFC allows a stray line end between two requests.
        while (start < end && (buffer[start] == CR || buffer[start] == LF)) start++
        val stop = findHeadEnd()
        if (stop < 0) {
            if (buffered > MAX_HEAD) throw BadRequest(HttpStatus.HEADERS_TOO_LARGE, "request head over $MAX_HEAD bytes")
            return null
        }
        val lines = String(buffer, start, stop - start, Charsets.ISO_8859_1).split("\r\n")
        start = stop + HEAD_END
        val words = lines.first().split(' ')
        if (words.size != REQUEST_LINE_WORDS || !words.last().startsWith("HTTP/1.")) {
            throw BadRequest(HttpStatus.BAD_REQUEST, "malformed request line")
        }
        val headers = HttpRequest.headers(lines.drop(1))
        val chunked = headers["transfer-encoding"]?.lastOrNull()?.lowercase()?.endsWith("chunked") == true
        return Head(words[0], words[1], words[2], headers, contentLength(headers), chunked)
    }

    private fun contentLength(headers: Map<String, List<String>>): Int {
        val text = headers["content-length"]?.firstOrNull() ?: return 0
        val length = text.toLongOrNull()?.takeIf { it >= 0 }
            ?: throw BadRequest(HttpStatus.BAD_REQUEST, "malformed content-length")
        return if (length > maxBody) throw tooLarge() else length.toInt()
    }

    private fun findHeadEnd(): Int {
        for (at in start..end - HEAD_END) {
            if (lineEnds(at) && lineEnds(at + 2)) return at
        }
        return -1
    }

    private fun lineEnds(at: Int) = buffer[at] == CR && buffer[at + 1] == LF

    private fun readLength(length: Int): Boolean {
        take(minOf(length - filled, buffered))
        return filled == length
    }

    private fun readChunks(): Boolean {
        while (true) {
            when (chunkLeft) {
                NO_CHUNK -> chunkLeft = chunkSize() ?: return false

                LAST_CHUNK -> return skipTrailers()

                CHUNK_END -> {
                    if (readLine() == null) return false
                    chunkLeft = NO_CHUNK
                }

                else -> if (!readChunk()) return false
            }
        }
    }

    private fun readChunk(): Boolean {
        if (filled.toLong() + chunkLeft > maxBody) throw tooLarge()
        val count = minOf(chunkLeft, buffered)
        if (filled + count > body.size) body = body.copyOf(maxOf(body.size * 2, filled + count))
        take(count)
        chunkLeft -= count
        if (chunkLeft > 0) return false
        chunkLeft = CHUNK_END
        return true
    }

    private fun chunkSize(): Int? {
        val line = readLine() ?: return null
        return line.substringBefore(';').trim().toIntOrNull(radix = 16)?.takeIf { it >= 0 }
            ?: throw BadRequest(HttpStatus.BAD_REQUEST, "malformed chunk size")
    }

    private fun skipTrailers(): Boolean {
        while (true) {
            val line = readLine() ?: return false
            if (line.isEmpty()) return true
        }
    }

    private fun readLine(): String? {
        for (at in start until end - 1) {
            if (lineEnds(at)) {
                val line = String(buffer, start, at - start, Charsets.ISO_8859_1)
                start = at + 2
                return line
            }
        }
        if (buffered > MAX_HEAD) throw BadRequest(HttpStatus.BAD_REQUEST, "line over $MAX_HEAD bytes")
        return null
    }

    private fun take(count: Int) {
        System.arraycopy(buffer, start, body, filled, count)
        start += count
        filled += count
        if (start == end) {
            start = 0
            end = 0
        }
    }

    private fun makeRoom(count: Int) {
        val size = buffered
        val target = if (size + count > buffer.size) ByteArray(maxOf(buffer.size * 2, size + count)) else buffer
        System.arraycopy(buffer, start, target, 0, size)
        buffer = target
        start = 0
        end = size
    }

    private fun tooLarge() = BadRequest(HttpStatus.TOO_LARGE, "request body over $maxBody bytes")

    private class Head(
        val method: String,
        val target: String,
        val version: String,
        val headers: Map<String, List<String>>,
        val length: Int,
        val chunked: Boolean,
    ) {
        val expectsContinue = headers["expect"]?.any { it.equals("100-continue", ignoreCase = true) } == true
    }

    private companion object {
        private const val INITIAL = 2048
        private const val MAX_HEAD = 64 * 1024
        private const val HEAD_END = 4
        private const val REQUEST_LINE_WORDS = 3
        private const val LAST_CHUNK = 0
        private const val NO_CHUNK = -1
        private const val CHUNK_END = -2
        private const val CR = '\r'.code.toByte()
        private const val LF = '\n'.code.toByte()
    }
}
