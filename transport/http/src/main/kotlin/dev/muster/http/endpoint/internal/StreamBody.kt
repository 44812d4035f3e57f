package dev.muster.http.endpoint.internal

import dev.muster.error.MalformedResponseException
import dev.muster.http.codec.LineReader
import dev.muster.http.codec.SseEvent
import dev.muster.http.codec.SseReader
import dev.muster.http.codec.TooLargeException
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.DEFAULT_STREAM_LIMIT
import dev.muster.http.endpoint.ErrorBody
import dev.muster.http.endpoint.EventDecoder
import dev.muster.http.transport.HttpAnswer
import java.io.IOException
import java.nio.ByteBuffer

/** Reads the body of [answer], the streamed response to [call]. */
internal class StreamBody(private val failures: Failures, private val call: ApiCall, private val answer: HttpAnswer) {
    private val requestId get() = failures.requestId(answer)

    /** Passes every server-sent event to [decoder]. Returns whether the response is complete. */
    suspend fun events(decoder: EventDecoder): Boolean {
        decoder.identify(requestId)
        val reader = SseReader()
        val opening = StreamOpening()
        val whole =
            pump(
                feed = { piece ->
                    if (!opening.isOver) opening.add(piece)
                    reader.feed(piece)
                },
            ) {
                var isWhole = false
                while (!isWhole && checked(reader::next)) {
                    opening.isOver = true
                    val text = decoder.textOf(reader)
                    if (text == null) isWhole = take(reader, decoder) else decoder.sink.text(text)
                }
                isWhole
            }
        return whole || rest(reader, decoder, opening)
    }

    /** Passes every line that is not blank to [line]. Returns whether the response is complete. */
    suspend fun lines(line: suspend (String) -> Boolean): Boolean {
        val reader = LineReader()
        val whole =
            pump(reader::feed) {
                var isWhole = false
                while (!isWhole) {
                    val next = checked(reader::next) ?: break
                    isWhole = next.isNotBlank() && line(next)
                }
                isWhole
            }
        if (whole) return true
        val last = reader.rest()
        return !last.isNullOrBlank() && unlessCutOff { line(last) }
    }

    /**
     * Handles what remains at the end of the stream: events without their blank line, or a body that is not an event
     * stream.
     */
    private suspend fun rest(reader: SseReader, decoder: EventDecoder, opening: StreamOpening): Boolean {
        var any = false
        while (checked(reader::last)) {
            any = true
            if (unlessCutOff { take(reader, decoder) }) return true
        }
        if (any) return false
        if (!opening.isOver && other(opening.toString(), decoder)) return true
        ShallowJson.parse(reader.foreignLines)?.let(ErrorBody::of)?.let {
            throw failures.inStream(call, it, requestId)
        }
        return false
    }

    /** Keep-alive events are recognized by their name; their data does not matter. */
    private suspend fun take(event: SseEvent, decoder: EventDecoder): Boolean =
        if (event.name in KEEPING_ALIVE) false else decoder.take(event)

    /**
     * Passes every chunk of the body to [feed]. After each read, calls [consume] until it returns true. Returns false
     * if the body ends before.
     */
    private suspend fun pump(feed: (ByteBuffer) -> Unit, consume: suspend () -> Boolean): Boolean {
        var left = DEFAULT_STREAM_LIMIT
        while (true) {
            val pieces =
                try {
                    answer.read()
                } catch (e: IOException) {
                    throw failures.truncated(call, answer, e)
                }
            if (pieces == null) return false
            for (piece in pieces) {
                left -= piece.remaining()
                if (left < 0) {
                    throw failures.unread(call, answer, TooLargeException("stream", DEFAULT_STREAM_LIMIT))
                }
                feed(piece)
            }
            if (consume()) return true
        }
    }

    private fun <T> checked(next: () -> T): T = try {
        next()
    } catch (e: TooLargeException) {
        throw failures.unread(call, answer, e)
    }

    /** The last chunk of a stream may lack its line end: it may be complete, or cut off and not decodable. */
    private suspend fun unlessCutOff(block: suspend () -> Boolean): Boolean = try {
        block()
    } catch (e: MalformedResponseException) {
        if (e.raw?.trimStart()?.startsWith('<') == true) throw e
        // The stream has ended without its end marker. The client reports that.
        false
    }

    /** The body contains no event. It is a response or an error as plain JSON, or a page from another server. */
    private suspend fun other(body: String, decoder: EventDecoder): Boolean {
        if (body.isBlank()) return false
        if (decoder.takeBody(body)) return true
        val error = ShallowJson.parse(body)?.let(ErrorBody::of)
        if (error != null) throw failures.inStream(call, error, requestId)
        throw failures.malformed(call, "the response is not an event stream", body, requestId)
    }

    private companion object {
        val KEEPING_ALIVE = setOf("ping", "keepalive", "keep-alive", "heartbeat")
    }
}
