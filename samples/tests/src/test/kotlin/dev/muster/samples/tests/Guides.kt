package dev.muster.samples.tests

import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.isDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readLines
import kotlin.io.path.readText
import kotlin.io.path.walk

/** Finds the code that is shown to users: in the guides and as examples in comments. */
internal object Guides {
    val ROOT: Path = Path.of("").toAbsolutePath().parent.parent
    val GUIDE = Regex("```(java|kotlin)\n(.*?)```", RegexOption.DOT_MATCHES_ALL)

    /** Returns what the build compiles: the samples in [language] and the programs with Spring. */
    fun compiled(language: String): List<String> =
        listOf("samples/$language/src", "consumers/src/spring").flatMap(::files).map { bare(it.readLines()) }

    /** Returns all Java and Kotlin files below [folder]. */
    fun files(folder: String): List<Path> =
        ROOT.resolve(folder).walk().filter { it.extension == "java" || it.extension == "kt" }.sorted().toList()

    /** Returns [lines] without indentation, blank lines and the punctuation that ends the last one. */
    fun bare(lines: List<String>): String =
        lines.map { it.trim() }.filter { it.isNotEmpty() }.joinToString("\n").trimEnd(';', ',', ')')

    /** Returns the examples in the comments of [file], each with the name of what it documents. */
    fun examples(file: Path): List<Example> = COMMENT.findAll(file.readText()).flatMap { documented ->
        val (comment, declaration) = documented.destructured
        val text = comment.lines().joinToString("\n") { it.trimStart().removePrefix("*").removePrefix(" ") }
        val blocks = if (file.extension == "java") PRE.findAll(text) else FENCE.findAll(text)
        blocks.map { Example(name(declaration), it.groupValues[1]) }
    }.toList()

    /** Returns the names of the public top-level functions of a Kotlin [file], or the static methods of a Java one. */
    fun operators(file: Path): List<String> {
        val text = file.readText()
        val declared = if (file.extension == "java") STATIC.findAll(text) else FUNCTION.findAll(text)
        return declared.map { name(it.value) }.distinct().toList()
    }

    /** Returns the public top-level types of [file]. */
    fun types(file: Path): List<Type> = DECLARED_TYPE
        .findAll(file.readText())
        .map { Type(it.groupValues[2], isPlain = PLAIN.containsMatchIn(it.groupValues[1])) }
        .toList()

    /** Returns all words in [file]. */
    fun words(file: Path): Set<String> = WORD.findAll(file.readText()).map { it.value }.toSet()

    /** Returns [folder] and the packages below it, except internal ones. */
    fun folders(folder: String): List<String> {
        val packages = ROOT.resolve(folder).listDirectoryEntries().filter { it.isDirectory() && it.name != "internal" }
        return listOf(folder) + packages.map { "$folder/${it.name}" }.sorted()
    }

    /** Returns the Java and Kotlin files directly in [folder]. */
    fun filesIn(folder: String): List<Path> = files(folder).filter { it.parent == ROOT.resolve(folder) }

    private fun name(declaration: String): String =
        TYPE.find(declaration)?.groupValues?.get(1) ?: METHOD.find(declaration)?.groupValues?.get(1) ?: declaration

    /** A public type. An enum or an annotation is plain: it needs no example. */
    data class Type(val name: String, val isPlain: Boolean)

    /** A block of code in the comment of [of]. */
    data class Example(val of: String, val code: String)

    // The declaration ends with its name. Annotations before it are skipped.
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
