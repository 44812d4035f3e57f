package dev.muster.openai.internal

import dev.muster.http.codec.SseReader
import dev.muster.http.endpoint.EventDecoder
import java.nio.ByteBuffer

/** Whether [body] is an event stream although a JSON response was expected: some gateways always stream. */
internal fun isEventStream(body: String): Boolean {
    val start = body.indexOfFirst { !it.isWhitespace() }
    return start >= 0 && EVENT_FIELDS.any { body.startsWith(it, start) }
}

private val EVENT_FIELDS = listOf("data:", "event:", "id:", "retry:", ":")

/** Passes the events of [body] to the decoder until it reports that the response is complete. */
internal suspend fun EventDecoder.replay(body: String) {
    val bytes = body.toByteArray()
    val reader = SseReader(bytes.size + 1)
    reader.feed(ByteBuffer.wrap(bytes))
    while (reader.next()) if (take(reader)) return
    if (reader.last()) take(reader)
}
