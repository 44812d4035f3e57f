package dev.muster.samples.tests

import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.isDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readLines
import kotlin.io.path.readText
import kotlin.io.path.walk

/** Where code is shown to users: in the guides, and as examples in the comments of what they call. */
internal object Guides {
    val ROOT: Path = Path.of("").toAbsolutePath().parent.parent
    val GUIDE = Regex("```(java|kotlin)\n(.*?)```", RegexOption.DOT_MATCHES_ALL)

    /** What the build compiles: the samples in [language], and the programs with Spring. */
    fun compiled(language: String): List<String> =
        listOf("samples/$language/src", "consumers/src/spring").flatMap(::files).map { bare(it.readLines()) }

    /** All Java and Kotlin files below [folder]. */
    fun files(folder: String): List<Path> =
        ROOT.resolve(folder).walk().filter { it.extension == "java" || it.extension == "kt" }.sorted().toList()

    /** Whole lines, without indentation, blank lines and what ends the last of them. */
    fun bare(lines: List<String>): String =
        lines.map { it.trim() }.filter { it.isNotEmpty() }.joinToString("\n").trimEnd(';', ',', ')')

    /** The examples in the comments of [file], with the names of what they are examples for. */
    fun examples(file: Path): List<Example> = COMMENT.findAll(file.readText()).flatMap { documented ->
        val (comment, declaration) = documented.destructured
        val text = comment.lines().joinToString("\n") { it.trimStart().removePrefix("*").removePrefix(" ") }
        val blocks = if (file.extension == "java") PRE.findAll(text) else FENCE.findAll(text)
        blocks.map { Example(name(declaration), it.groupValues[1]) }
    }.toList()

    /** The public types and top-level functions of [file], or the static methods where it is a class of such. */
    fun operators(file: Path): List<String> {
        val text = file.readText()
        val declared = if (file.extension == "java") STATIC.findAll(text) else FUNCTION.findAll(text)
        return declared.map { name(it.value) }.distinct().toList()
    }

    /** The public types that [file] declares at its top. */
    fun types(file: Path): List<Type> = DECLARED_TYPE
        .findAll(file.readText())
        .map { Type(it.groupValues[2], isPlain = PLAIN.containsMatchIn(it.groupValues[1])) }
        .toList()

    /** The names in [file]. */
    fun words(file: Path): Set<String> = WORD.findAll(file.readText()).map { it.value }.toSet()

    /** [folder] and the packages below it, those for the module itself left out. */
    fun folders(folder: String): List<String> {
        val packages = ROOT.resolve(folder).listDirectoryEntries().filter { it.isDirectory() && it.name != "internal" }
        return listOf(folder) + packages.map { "$folder/${it.name}" }.sorted()
    }

    /** All Java and Kotlin files in [folder] itself. */
    fun filesIn(folder: String): List<Path> = files(folder).filter { it.parent == ROOT.resolve(folder) }

    private fun name(declaration: String): String =
        TYPE.find(declaration)?.groupValues?.get(1) ?: METHOD.find(declaration)?.groupValues?.get(1) ?: declaration

    /** A public type; an enum or an annotation is shown where it is used. */
    data class Type(val name: String, val isPlain: Boolean)

    /** A piece of code in the comment of [of]. */
    data class Example(val of: String, val code: String)

    // The declaration goes as far as its name; annotations before it are passed over.
    private val COMMENT =
        Regex("""/\*\*(.*?)\*/\s*(?:@\w+(?:\([^)]*\))?\s*)*((?:(?!/\*\*)[^;{(])*\(?)""", RegexOption.DOT_MATCHES_ALL)
    private val PRE = Regex("""<pre>\{@code\n(.*?)\n?}</pre>""", RegexOption.DOT_MATCHES_ALL)
    private val FENCE = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
    private val TYPE = Regex("""\b(?:class|interface) (\w+)""")
    private val DECLARED_TYPE =
        Regex("""^public ((?:\w+ )*(?:class|@?interface|object|record|enum)) (\w+)""", RegexOption.MULTILINE)
    private val PLAIN = Regex("enum|annotation|@")
    private val WORD = Regex("""\w+""")
    private val METHOD = Regex("""(\w+)\s*\(""")
    private val STATIC =
        Regex("""^ {2}public static (?!final)[^(]*\(""", setOf(RegexOption.MULTILINE, RegexOption.DOT_MATCHES_ALL))
    private val FUNCTION = Regex("""^public (?:suspend )?fun [^(]*\(""", RegexOption.MULTILINE)
}
