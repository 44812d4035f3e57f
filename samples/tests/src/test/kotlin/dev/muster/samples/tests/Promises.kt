package dev.muster.samples.tests

import kotlin.io.path.extension
import kotlin.io.path.isDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.nameWithoutExtension
import kotlin.io.path.readText
import kotlin.io.path.walk

/**
 * Reads what a guide promises and which test proves it. Each guide ends with a comment that readers do not see:
 *
 * ```
 * <!-- promises: words of this page → TestClass.method, or TestClass.`name of a test or of a row`
 * A call sends nothing until it is started → CallTest.aCallIsADescriptionAndRunsAnewEachTime
 * -->
 * ```
 *
 * The page must contain the same words, apart from line breaks and Markdown marks.
 */
internal object Promises {
    /** A sentence of a guide, or the part that is proven, and the test that proves it. */
    data class Promise(val words: String, val testClass: String, val test: String)

    /** Returns the promises in [text]; empty if it does not end with such a comment. */
    fun of(text: String): List<Promise> = COMMENT.find(text.trimEnd())?.groupValues?.get(1).orEmpty()
        .lines()
        .filter { it.isNotBlank() }
        .map { line ->
            val (words, testClass, named, method) =
                requireNotNull(LINE.matchEntire(line)) { "not 'words → TestClass.method': $line" }.destructured
            Promise(words, testClass, named.ifEmpty { method })
        }

    /** Returns the faults of [promises] for a guide with [text]; empty if there are none. */
    fun faults(text: String, promises: List<Promise>): List<String> {
        val page = plain(text.replace(COMMENT, ""))
        return promises.flatMap { promise ->
            listOfNotNull(
                "the page does not say '${promise.words}'".takeUnless { plain(promise.words) in page },
                "there is no test ${promise.testClass}.${promise.test}".takeUnless { isTest(promise) },
            )
        }
    }

    fun isTest(promise: Promise): Boolean {
        val declared = Regex("""\b(?:fun|void) ${Regex.escape(promise.test)}\(""")
        // The name of a table row is a string literal.
        val row = "\"${promise.test}\""
        return TESTS[promise.testClass].orEmpty().any { source ->
            declared.containsMatchIn(source) || "fun `${promise.test}`(" in source || row in source
        }
    }

    /** The sources of all tests of the reactor. */
    fun sources(): List<String> = TESTS.values.flatten()

    private fun plain(text: String) = text.replace(MARKS, "").replace(LINK, "$1").replace(SPACES, " ")

    /** The sources of all tests of the reactor, by file name. */
    private val TESTS: Map<String, List<String>> by lazy {
        listOf("", "binding", "providers", "transport", "testing", "samples")
            .flatMap { Guides.ROOT.resolve(it).listDirectoryEntries() }
            .map { it.resolve("src/test") }
            // The contracts are tests, too.
            .plusElement(Guides.ROOT.resolve("testing/contract/src/main"))
            .filter { it.isDirectory() }
            .flatMap { folder -> folder.walk().filter { it.extension in setOf("kt", "java") } }
            .groupBy({ it.nameWithoutExtension }, { it.readText() })
    }

    private val COMMENT = Regex("""<!-- promises:[^\n]*\n(.*?)-->\s*$""", RegexOption.DOT_MATCHES_ALL)
    private val LINE = Regex("""(.+) → (\w+)\.(?:`([^`]+)`|(\w+))""")
    private val MARKS = Regex("[`*]")
    private val LINK = Regex("""\[([^]]+)]\([^)]+\)""")
    private val SPACES = Regex("""\s+""")
}
