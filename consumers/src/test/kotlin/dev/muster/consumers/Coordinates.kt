package dev.muster.consumers

import kotlin.io.path.readText

/** Coordinates that a document shows for both build tools: a block for Maven, then the same for Gradle. */
internal class Coordinates(val name: String, private val maven: String, private val gradle: String) {
    /** As `group:artifact`, with `:version` if there is one. */
    val forMaven: Set<String> =
        DEPENDENCY
            .findAll(maven)
            .map { found -> TAGS.mapNotNull { tag -> tag.find(found.value)?.groupValues?.get(1) }.joinToString(":") }
            // Gradle gets this one from its plugin.
            .filterNot { it.startsWith("org.springframework.boot:") }
            .toSet()

    val forGradle: Set<String> = QUOTED.findAll(gradle).map { it.groupValues[1] }.toSet()

    /** The artifacts that must be on the class path, without the BOMs. */
    val artifacts: Set<String> = forMaven.map { it.split(":")[1] }.filterNot { it.endsWith("-bom") }.toSet()

    val classPath = ClassPath(name, maven)

    companion object {
        private val BLOCK = Regex("```(xml|kts)\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
        private val DEPENDENCY = Regex("<dependency>.*?</dependency>", RegexOption.DOT_MATCHES_ALL)
        private val TAGS = listOf("groupId", "artifactId", "version").map { Regex("<$it>(.*?)</$it>") }
        private val QUOTED = Regex("\"([^\"]*)\"")

        val ALL: List<Coordinates> = listOf("README.md", "docs/getting-started.md").flatMap { file ->
            val blocks = BLOCK.findAll(Build.root.resolve(file).readText()).map {
                it.groupValues[1] to it.groupValues[2]
            }
            val (maven, gradle) = blocks.toList().partition { it.first == "xml" }
            check(maven.size == gradle.size) { "$file must show each block for Maven and for Gradle" }
            maven.zip(gradle).mapIndexed { index, (forMaven, forGradle) ->
                Coordinates("${file.substringAfterLast('/')}-${index + 1}", forMaven.second, forGradle.second)
            }
        }
    }
}
