package dev.muster.samples.tests

import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import java.nio.file.Path
import kotlin.io.path.isRegularFile
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readLines
import kotlin.io.path.readText
import kotlin.io.path.walk

/** Each piece of Java or Kotlin that a guide shows stands, indentation aside, in a sample that the build compiles. */
class GuideTest {
    private val root = Path.of("").toAbsolutePath().parent.parent
    private val sources = mapOf("java" to sourceOf("java"), "kotlin" to sourceOf("kotlin"))

    @TestFactory
    fun `the guides show code that is compiled`(): List<DynamicTest> =
        root.resolve("docs").listDirectoryEntries("*.md").sorted().flatMap { guide ->
            BLOCK.findAll(guide.readText()).mapIndexed { index, block ->
                val (language, code) = block.destructured
                DynamicTest.dynamicTest("${guide.name} $language block ${index + 1}") {
                    assertTrue(
                        sources.getValue(language).any { bare(code.lines()) in it },
                        "no sample in samples/$language/…/guide has this block of ${guide.name}:\n$code",
                    )
                }
            }
        }

    private fun sourceOf(language: String): List<String> = root
        .resolve("samples/$language/src/main")
        .walk()
        .filter { it.isRegularFile() }
        .map { bare(it.readLines()) }
        .toList()

    /** Whole lines, without indentation, blank lines and what ends the last of them. */
    private fun bare(lines: List<String>): String =
        lines.map { it.trim() }.filter { it.isNotEmpty() }.joinToString("\n").trimEnd(';', ',', ')')

    private companion object {
        val BLOCK = Regex("```(java|kotlin)\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
    }
}
