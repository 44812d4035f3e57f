package dev.muster.http.codec

/**
 * The position of an item in a response. Some providers require a model's reasoning to be sent back at its original
 * position, but a response keeps its text and its tool calls apart. So the position is stored in the signature that
 * is sent back.
 */
public class Place(
    /** The number of characters of the response text before the item. */
    public val text: Int = 0,
    /** The number of tool calls before the item. */
    public val calls: Int = 0,
) {
    /**
     * Returns [mark] prefixed with this position. At the beginning, where most items are, returns [mark] without a
     * prefix.
     */
    public fun before(mark: String): String = if (text == 0 && calls == 0) mark else "$AFTER$text:$calls:$mark"

    /** Returns the mark in [marked], whose prefix must be this position: see [of]. */
    public fun markIn(marked: String): String = marked.removePrefix(before(""))

    /** Parses positions. */
    public companion object {
        private const val AFTER = "after:"
        private val PLACED = Regex("$AFTER(\\d{1,9}):(\\d{1,9}):.*", RegexOption.DOT_MATCHES_ALL)

        /** Returns the position that [before] wrote into [marked], or the beginning if there is none. */
        public fun of(marked: String): Place {
            val (text, calls) = PLACED.matchEntire(marked)?.destructured ?: return Place()
            return Place(text.toInt(), calls.toInt())
        }
    }
}
