package dev.muster.linkcheck

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.File

/** docs/versions.md shows the versions that the build uses. */
class VersionsTest {
    private val pom = File("../pom.xml").readText()
    private val page = File("../docs/versions.md").readText()

    @Test
    fun `the page has the versions of the build`() {
        val slf4j = Regex("<artifactId>slf4j-api</artifactId>\\s*<version>(.*?)</version>").find(pom)!!.groupValues[1]
        val expected = mapOf(
            "Kotlin standard library" to libraries("stdlib"),
            "kotlinx-coroutines" to libraries("coroutines"),
            "kotlinx-serialization" to libraries("serialization"),
            "Jackson, for Java classes" to listOf(property("floor.jackson"), property("jackson"), property("jackson")),
            "victools, for Java classes" to List(3) { property("victools") },
            "Jackson 3, for `muster-jackson3`" to
                listOf(property("floor.jackson3"), property("jackson3"), property("jackson3")),
            "victools 5, for `muster-jackson3`" to List(3) { property("victools5") },
            "SLF4J" to listOf(property("floor.slf4j"), slf4j, slf4j),
        )
        val shown = expected.mapValues { (name, _) ->
            page.lines().single { it.startsWith("| $name |") }.split('|').drop(2).dropLast(1).map { it.trim() }
        }

        assertEquals(expected, shown)
    }

    @Test
    fun `the page has the versions of Ktor`() {
        val ktor = "Ktor ${property("ktor")} and needs at least Kotlin ${property("ktor.kotlin")} " +
            "and coroutines ${property("ktor.coroutines")}."

        assertEquals(listOf(ktor), Regex("Ktor \\d.*?coroutines [\\d.]*\\.").findAll(page).map { it.value }.toList())
    }

    private fun libraries(name: String) = listOf("floor.$name", name, "newest.$name").map(::property)

    private fun property(name: String): String =
        Regex("<${Regex.escape(name)}.version>(.*?)</").find(pom)!!.groupValues[1]
}
