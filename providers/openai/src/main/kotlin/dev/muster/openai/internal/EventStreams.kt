package dev.muster.openai.internal

import dev.muster.http.EventDecoder
import dev.muster.http.SseReader
import java.nio.ByteBuffer

/** Whether [body], which was to be a whole answer, is a stream of events: some gateways know no other. */
internal fun isEventStream(body: String): Boolean {
    val start = body.indexOfFirst { !it.isWhitespace() }
    return start >= 0 && EVENT_FIELDS.any { body.startsWith(it, start) }
}

private val EVENT_FIELDS = listOf("data:", "event:", "id:", "retry:", ":")

/** Gives the events of [body] to the decoder until that says that the answer is whole. */
internal suspend fun EventDecoder.replay(body: String) {
    val bytes = body.toByteArray()
    val reader = SseReader(bytes.size + 1)
    reader.feed(ByteBuffer.wrap(bytes))
    while (reader.next()) if (take(reader)) return
    if (reader.last()) take(reader)
}
