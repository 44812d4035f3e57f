package dev.muster.linkcheck

import org.junit.jupiter.api.Assertions.assertEquals
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
            Linker(jarsIn("class-paths/$classPath"), LIBRARIES).problemsOf(jarsIn("published")),
        )
    }

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
    "com/github/victools/",
    "org/slf4j/",
)
