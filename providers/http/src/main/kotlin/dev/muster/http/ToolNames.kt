package dev.muster.http

import dev.muster.chat.ToolDefinition

/**
 * The names that an API takes for tools: letters from a to z, digits and [marks], [most] at most.
 *
 * @param marks what else may stand in a name; `_` is among them
 * @param beginsWithLetter whether a digit or another mark than `_` must not stand first
 */
public class ToolNames(
    private val most: Int,
    private val marks: String = "_-",
    private val beginsWithLetter: Boolean = false,
) {
    /** Why [tools] would be refused, and what to do; null where they would not. */
    public fun faultOf(tools: List<ToolDefinition>): String? {
        val unfit = tools.firstOrNull { !fits(it.name) }?.name ?: return null
        val beginning = if (beginsWithLetter) "begins with a letter or _ and " else ""
        return "it takes no tool named '${unfit.take(QUOTED)}': a name ${beginning}has letters from a to z, digits " +
            "and ${marks.toList().joinToString(" ")} only, $most at most; rename the tool"
    }

    /** [name], or the like that the API takes: that of a call in a history may be any, for a model has written it. */
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
