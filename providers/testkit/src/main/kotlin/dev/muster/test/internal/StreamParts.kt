package dev.muster.test.internal

private val END_OF_EVENT = Regex("(?<=\n\n|\r\n\r\n|\r\r)")
private val END_OF_LINE = Regex("(?<=\n)")

/**
 * The events of a stream with the content type [type], or null where that is none. Not the pieces in which the network
 * brought it: those are others each time.
 */
internal fun streamParts(text: String, type: String): List<String>? = when {
    "event-stream" in type -> text.split(END_OF_EVENT)
    "ndjson" in type -> text.split(END_OF_LINE)
    else -> null
}?.filter { it.isNotEmpty() }
