package dev.muster.http.endpoint.internal

import kotlinx.serialization.json.JsonPrimitive

/** Finds a readable text in the body of a failed response that has no known format. */
internal object ErrorWords {
    /** Returns the title of the page in [text], or [text] itself. Returns null if it contains no word. */
    fun of(text: String): String? {
        val page = text.trimStart().startsWith('<')
        val words =
            if (page) {
                HEADING.find(text)?.groupValues?.get(2)?.replace(TAG, " ")
            } else {
                (ShallowJson.parse(text) as? JsonPrimitive)?.content ?: text.takeUnless { isWordless(it) }
            }
        return words?.trim()?.ifEmpty { null }
    }

    /** Whether [text] is JSON that contains no text. */
    private fun isWordless(text: String) = text.trimStart().let { it.startsWith('{') || it.startsWith('[') } &&
        !JSON_TEXT.containsMatchIn(text)

    private val HEADING = Regex("(?is)<(title|h1)[^>]*>(.{1,2000}?)</\\1>")
    private val TAG = Regex("<[^>]*>")

    // Matches a value, not a name.
    private val JSON_TEXT = Regex("[:\\[,]\\s*\"[^\"]*\\p{L}[^\"]*\"(?!\\s*:)")
}
