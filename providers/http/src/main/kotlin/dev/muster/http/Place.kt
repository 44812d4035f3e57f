package dev.muster.http

/**
 * Where an item stands in an answer. Some providers want what a model has thought back in its place, but an answer has
 * its text and its calls apart: so the mark of what goes back, its signature, says what stood before it.
 */
public class Place(
    /** How many characters of the answer's text stand before it. */
    public val text: Int = 0,
    /** How many calls of tools. */
    public val calls: Int = 0,
) {
    /** [mark] with this place before it; nothing is said of the beginning, where most items stand. */
    public fun before(mark: String): String = if (text == 0 && calls == 0) mark else "$AFTER$text:$calls:$mark"

    /** The mark in [marked], which [of] has found to have this place before it. */
    public fun markIn(marked: String): String = marked.removePrefix(before(""))

    /** Reads places. */
    public companion object {
        private const val AFTER = "after:"
        private val PLACED = Regex("$AFTER(\\d{1,9}):(\\d{1,9}):.*", RegexOption.DOT_MATCHES_ALL)

        /** The place that [before] has written into [marked]; the beginning where there is none. */
        public fun of(marked: String): Place {
            val (text, calls) = PLACED.matchEntire(marked)?.destructured ?: return Place()
            return Place(text.toInt(), calls.toInt())
        }
    }
}
