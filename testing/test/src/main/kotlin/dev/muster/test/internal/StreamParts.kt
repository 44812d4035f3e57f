package dev.muster.test.internal

private val END_OF_EVENT = Regex("(?<=\n\n|\r\n\r\n|\r\r)")
private val END_OF_LINE = Regex("(?<=\n)")

/**
 * Returns the events of a stream with the content type [type], or null if that is not a stream type. The pieces that
 * arrived over the network are not used, because they differ from run to run.
 */
internal fun streamParts(text: String, type: String): List<String>? = when {
    "event-stream" in type -> text.split(END_OF_EVENT)
    "ndjson" in type -> text.split(END_OF_LINE)
    else -> null
}?.filter { it.isNotEmpty() }
