package dev.muster.http.codec

import dev.muster.chat.ToolDefinition

/**
 * The tool names an API accepts: ASCII letters, digits and [marks], at most [most] characters.
 *
 * @param marks the other characters allowed in a name, including `_`
 * @param beginsWithLetter whether the first character must be a letter or `_`
 */
public class ToolNames(
    private val most: Int,
    private val marks: String = "_-",
    private val beginsWithLetter: Boolean = false,
) {
    /** Returns why the API would reject [tools] and what to do. Returns null if it accepts them. */
    public fun problemWith(tools: List<ToolDefinition>): String? {
        val unfit = tools.firstOrNull { !fits(it.name) }?.name ?: return null
        val beginning = if (beginsWithLetter) "starts with a letter or _ and " else ""
        return "the tool name '${unfit.take(QUOTED)}' is not valid: a name ${beginning}contains only letters from " +
            "a to z, digits and ${marks.toList().joinToString(" ")}, at most $most characters; rename the tool"
    }

    /**
     * Returns [name], or a similar name that the API accepts. A call in the history can have any name, because a
     * model wrote it.
     */
    public fun sent(name: String): String {
        if (fits(name)) return name
        val plain = name.map { if (isFit(it)) it else '_' }.joinToString("").ifEmpty { "_" }
        return (if (mayBegin(plain[0])) plain else "_$plain").take(most)
    }

    private fun fits(name: String) = name.length in 1..most && mayBegin(name[0]) && name.all(::isFit)

    private fun mayBegin(char: Char) = if (beginsWithLetter) isLetter(char) || char == '_' else isFit(char)

    private fun isFit(char: Char) = isLetter(char) || char in '0'..'9' || char in marks

    private fun isLetter(char: Char) = char in 'a'..'z' || char in 'A'..'Z'

    private companion object {
        const val QUOTED = 140
    }
}
