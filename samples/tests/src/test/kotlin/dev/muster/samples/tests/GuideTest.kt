package dev.muster.samples.tests

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readText

/**
 * Checks that each block of Java or Kotlin in a guide or a comment stands, apart from indentation, in a sample that the
 * build compiles.
 */
class GuideTest {
    private val sources = mapOf("java" to Guides.compiled("java"), "kotlin" to Guides.compiled("kotlin"))

    @TestFactory
    fun `the guides show code that is compiled`(): List<DynamicTest> = (guides() + decisions()).flatMap { guide ->
        Guides.GUIDE.findAll(guide.readText()).mapIndexed { index, block ->
            val (language, code) = block.destructured
            DynamicTest.dynamicTest("${guide.name} $language block ${index + 1}") {
                assertCompiled(language, code, guide.name)
            }
        }
    }

    @TestFactory
    fun `the examples in the Javadoc of the facade are compiled`(): List<DynamicTest> = examples(FACADE, "java")

    @TestFactory
    fun `the examples in the KDoc of the core are compiled`(): List<DynamicTest> = examples(CORE, "kotlin")

    @Test
    fun `every type and every operator of the facade has an example in its comment`() {
        val operators = Guides.operators(Guides.ROOT.resolve("$FACADE/Calls.java"))
        assertTrue(operators.size >= 11, operators.toString())
        // The packages below it are for authors of JSON bindings.
        val types = Guides.filesIn(FACADE).flatMap(Guides::types).filterNot { it.isPlain }.map { it.name }
        assertTrue(types.size >= 15, types.toString())
        // `Calls` itself is only the holder of its operators.
        assertAllHaveOne(types - "Calls" + operators, Guides.files(FACADE))
    }

    @Test
    fun `every way in and every operator of the core has an example in its comment`() {
        val files = listOf("concurrent", "batch", "resilience").flatMap { Guides.files("$CORE/$it") }
        val operators = files.flatMap(Guides::operators).map { it.substringAfterLast('.') }
        assertTrue(operators.size >= 13, operators.toString())
        val waysIn = listOf("MusterClient", "ChatModel", "ChatAgent", "ChatConversation", "LlmExecutor", "Once")
        assertAllHaveOne(waysIn + operators, Guides.files(CORE))
    }

    @Test
    fun `every public type of the core and of the test kit is used in a sample`() {
        val folders = Guides.folders(CORE).filterNot { it in FOR_PROVIDERS } + KIT
        val types = folders.flatMap(Guides::filesIn).flatMap(Guides::types).filterNot { it.isPlain }.map { it.name }
        assertTrue(types.size >= 60, types.toString())
        val words = SAMPLES.flatMap { Guides.files("samples/$it/src") }.flatMap(Guides::words).toSet()
        assertEquals(emptySet<String>(), types.toSet() - words - GIVEN_AND_TAKEN)
        // An exemption that is no longer needed must go.
        assertEquals(emptySet<String>(), GIVEN_AND_TAKEN - (types.toSet() - words))
    }

    @TestFactory
    fun `each guide says which test proves what it promises, and there is that test`(): List<DynamicTest> =
        (guides() + listOf(Guides.ROOT.resolve("README.md"))).map { guide ->
            DynamicTest.dynamicTest(guide.name) {
                val text = guide.readText()
                val promises = Promises.of(text)
                assertTrue(promises.size >= 3, "${guide.name} must end with 3 promises or more: see Promises")
                assertEquals(emptyList<String>(), Promises.faults(text, promises))
            }
        }

    @TestFactory
    fun `what a decision promises is on its page, and there is that test`(): List<DynamicTest> =
        decisions().map { page ->
            DynamicTest.dynamicTest(page.name) {
                val text = page.readText()
                assertEquals(emptyList<String>(), Promises.faults(text, Promises.of(text)))
            }
        }

    @Test
    fun `a promise without its words or its test is seen`() {
        val text = "Nothing is *sent* until\n`execute`.\n\n<!-- promises: of this page\n" +
            "sent until execute → GuideTest.`a promise without its words or its test is seen`\n" +
            "never said → GuideTest.guides\nNothing is sent → GuideTest.noSuchTest\n-->\n"
        val faults = Promises.faults(text, Promises.of(text))
        assertEquals(
            listOf("the page does not say 'never said'", "there is no test GuideTest.noSuchTest"),
            faults,
        )
        assertEquals(emptyList<Any>(), Promises.of("No comment."))
    }

    private fun guides() = Guides.ROOT.resolve("docs").listDirectoryEntries("*.md").sorted()

    private fun decisions() = Guides.ROOT.resolve("docs/decisions").listDirectoryEntries("*.md").sorted()

    private fun examples(folder: String, language: String): List<DynamicTest> = Guides
        .files(folder)
        .flatMap { file -> Guides.examples(file).map { file to it } }
        .map { (file, example) ->
            DynamicTest.dynamicTest("${file.name} ${example.of}") { assertCompiled(language, example.code, file.name) }
        }

    private fun assertCompiled(language: String, code: String, shownIn: String) = assertTrue(
        sources.getValue(language).any { Guides.bare(code.lines()) in it },
        "no sample in samples/$language/…/guide contains this block of $shownIn:\n$code",
    )

    private fun assertAllHaveOne(expected: List<String>, files: List<Path>) {
        val shown = files.flatMap(Guides::examples).map { it.of }.toSet()
        assertEquals(emptySet<String>(), expected.toSet() - shown)
    }

    private companion object {
        const val FACADE = "sdk-java/src/main/java/dev/muster/java"
        const val CORE = "sdk-core/src/main/kotlin/dev/muster"
        const val KIT = "testing/test/src/main/kotlin/dev/muster/test"
        val SAMPLES = listOf("common", "java", "kotlin")

        // The exceptions are in the table of docs/errors.md. The others are for authors of providers and of facades, and
        // network settings are set by the client's builder.
        val FOR_PROVIDERS = listOf("error", "provider", "context", "facade", "network").map { "$CORE/$it" }

        /** Types of arguments and results of what has an example. Programs rarely name them. */
        val GIVEN_AND_TAKEN = setOf(
            "BatchItem",
            "BatchOptions",
            "BatchProgress",
            "BatchResult",
            "Branch",
            "Branches",
            "ConfigSetting",
            "EmbeddingModel",
            "HasUsage",
            "ModelHandle",
            "RetryBudget",
            "RetryEvent",
            "ToolArgumentsException",
            "ToolCall",
            "ToolChoice",
            "ToolInvocation",
        )
    }
}
