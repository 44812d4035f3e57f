package dev.muster.linkcheck

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.File

/** Checks that the published jars link with the oldest supported libraries and with the newest. */
class LinkTest {
    @ParameterizedTest
    @ValueSource(strings = ["floor", "newest"])
    fun `the published jars link`(classPath: String) {
        assertEquals(
            emptyList<String>(),
            Linker(jarsIn("class-paths/$classPath"), LIBRARIES).problemsOf(published { it != JACKSON_3 }),
        )
    }

    @ParameterizedTest
    @ValueSource(strings = ["floor", "newest"])
    fun `the published jars with muster-jackson3 link`(classPath: String) {
        val other = jarsIn("class-paths/$classPath").filterNot { it.name.startsWith("jsonschema-") }
        // First, because the first of two classes is found.
        val own = jarsIn("class-paths/$classPath-jackson3")

        assertEquals(
            emptyList<String>(),
            Linker(own + other, LIBRARIES).problemsOf(published { it != "muster-jackson" }),
        )
    }

    @Test
    fun `muster-jackson3 does not link with Jackson 2 and victools 4`() {
        val problems = Linker(jarsIn("class-paths/newest"), LIBRARIES).problemsOf(published { it != "muster-jackson" })

        assertTrue(problems.any { "No class tools/jackson/databind/json/JsonMapper" in it }, problems.toString())
        assertTrue(problems.any { "SchemaGeneratorConfigBuilder.<init>" in it }, problems.toString())
    }

    private fun published(isWanted: (String) -> Boolean) =
        jarsIn("published").filter { isWanted(it.nameWithoutExtension) }

    @Test
    fun `all published modules are looked at`() {
        val managed = Regex("<artifactId>(muster-\\w+)</artifactId>").findAll(File("../bom/pom.xml").readText())
            .map { it.groupValues[1] }.toSet()

        // Ktor has a separate floor, above ours.
        assertEquals(
            managed - setOf("muster-parent", "muster-bom", "muster-ktor"),
            jarsIn("published").map {
                it.nameWithoutExtension
            }.toSet(),
        )
    }

    private companion object {
        const val JACKSON_3 = "muster-jackson3"
    }
}

internal fun jarsIn(directory: String): List<File> =
    File("target/$directory").listFiles { file -> file.extension == "jar" }!!.sorted()

/** The packages that are checked. Anything else that the jars use is the JDK, Typesafe's config, JUnit or their own. */
internal val LIBRARIES = listOf(
    "dev/muster/",
    "kotlin/",
    "kotlinx/coroutines/",
    "kotlinx/serialization/",
    "com/fasterxml/jackson/",
    "tools/jackson/",
    "com/github/victools/",
    "org/slf4j/",
)
