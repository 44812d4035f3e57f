package dev.muster.http.internal

import kotlinx.serialization.json.JsonPrimitive

/** What the body of a failed exchange says in words, where it has none of the forms that are known. */
internal object ErrorWords {
    /** The title of the page that [text] is, or [text] itself; null where that has no word in it. */
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

    /** Whether [text] is JSON without a text in it. */
    private fun isWordless(text: String) = text.trimStart().let { it.startsWith('{') || it.startsWith('[') } &&
        !JSON_TEXT.containsMatchIn(text)

    private val HEADING = Regex("(?is)<(title|h1)[^>]*>(.{1,2000}?)</\\1>")
    private val TAG = Regex("<[^>]*>")

    // A value, not a name.
    private val JSON_TEXT = Regex("[:\\[,]\\s*\"[^\"]*\\p{L}[^\"]*\"(?!\\s*:)")
}
