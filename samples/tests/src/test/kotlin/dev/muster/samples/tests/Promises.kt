package dev.muster.samples.tests

import kotlin.io.path.extension
import kotlin.io.path.isDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.nameWithoutExtension
import kotlin.io.path.readText
import kotlin.io.path.walk

/**
 * What a guide promises, and what proves it. Each guide ends with a comment that the reader does not see:
 *
 * ```
 * <!-- promises: words of this page → TestClass.method, or TestClass.`name of a test or of a row`
 * A call sends nothing until it is started → CallTest.aCallIsADescriptionAndRunsAnewEachTime
 * -->
 * ```
 *
 * The words stand in the page as they stand here, but for line breaks and marks of the form.
 */
internal object Promises {
    /** A sentence of a guide, or the part of it that is proven, and the test that proves it. */
    data class Promise(val words: String, val testClass: String, val test: String)

    /** The promises of the guide that reads [text]; empty where it has no such comment at its end. */
    fun of(text: String): List<Promise> = COMMENT.find(text.trimEnd())?.groupValues?.get(1).orEmpty()
        .lines()
        .filter { it.isNotBlank() }
        .map { line ->
            val (words, testClass, named, method) =
                requireNotNull(LINE.matchEntire(line)) { "not 'words → TestClass.method': $line" }.destructured
            Promise(words, testClass, named.ifEmpty { method })
        }

    /** What is wrong with [promises] of the guide that reads [text]; empty where nothing is. */
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
        // A row of a table of cases has its name as a text.
        val row = "\"${promise.test}\""
        return TESTS[promise.testClass].orEmpty().any { source ->
            declared.containsMatchIn(source) || "fun `${promise.test}`(" in source || row in source
        }
    }

    /** The sources of all tests of the reactor. */
    fun sources(): List<String> = TESTS.values.flatten()

    private fun plain(text: String) = text.replace(MARKS, "").replace(LINK, "$1").replace(SPACES, " ")

    /** The sources of all tests of the reactor, by the name of their file. */
    private val TESTS: Map<String, List<String>> by lazy {
        listOf("", "providers", "samples")
            .flatMap { Guides.ROOT.resolve(it).listDirectoryEntries() }
            .map { it.resolve("src/test") }
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
