package dev.muster.consumers

import java.io.File
import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.exists
import kotlin.io.path.readText
import kotlin.io.path.writeText

/** A class path as a user writes it: [parent] and [boms] in the order of import, and [dependencies]. */
internal class ClassPath(
    val name: String,
    private val parent: String? = null,
    private val boms: List<String> = emptyList(),
    private val dependencies: List<String>,
    /** Further elements of the POM. */
    private val verbatim: String = "",
) {
    private val folder: Path = FOLDER.resolve(name)

    private var found: String? = null

    /** The jars, once [resolve] has run. */
    val jars: String get() = checkNotNull(found) { "Maven could not resolve the class path $name: see $LOG" }

    /** Where what runs on this class path writes to. */
    val output: Path get() = folder.resolve("output.txt")

    private fun pom(): String {
        val managed = boms.joinToString("") { dependency("$it:pom", "import") }
        return """
            |<project xmlns="http://maven.apache.org/POM/4.0.0">
            |<modelVersion>4.0.0</modelVersion>
            |${parent?.let { "<parent>${coordinates(it)}<relativePath/></parent>" }.orEmpty()}
            |<groupId>smoke</groupId><artifactId>$name</artifactId><version>1</version><packaging>pom</packaging>
            |<dependencyManagement><dependencies>$managed</dependencies></dependencyManagement>
            |<dependencies>${dependencies.joinToString("") { dependency(it) }}</dependencies>
            |$verbatim
            |</project>
        """.trimMargin()
    }

    /** Takes over what Maven has found, without the links. */
    private fun found() {
        val file = folder.resolve("class-path.txt")
        if (!file.exists()) return
        val jars = file.readText().trim().split(File.pathSeparator)
        found = jars.joinToString(File.pathSeparator) { Path.of(it).toRealPath().toString() }
    }

    private fun dependency(artifact: String, scope: String = "runtime") =
        "<dependency>${coordinates(artifact)}<scope>$scope</scope></dependency>"

    private fun coordinates(artifact: String): String {
        val tags = listOf("groupId", "artifactId", "version", "type")
        return tags.zip(artifact.split(":")).joinToString("") { (tag, value) -> "<$tag>$value</$tag>" }
    }

    companion object {
        private val FOLDER = Build.target.resolve("class-paths")
        private val LOG = FOLDER.resolve("maven.log")

        /** Has Maven find the jars of all [classPaths], of Muster those that this build has packaged. */
        fun resolve(classPaths: List<ClassPath>) {
            Build.empty(FOLDER)
            classPaths.forEach { it.folder.createDirectories().resolve("pom.xml").writeText(it.pom()) }
            val modules = classPaths.joinToString("") { "<module>${it.name}</module>" }
            FOLDER.resolve("pom.xml").writeText(
                """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                <modelVersion>4.0.0</modelVersion>
                <groupId>smoke</groupId><artifactId>smoke</artifactId><version>1</version><packaging>pom</packaging>
                <modules>$modules</modules>
                </project>
                """.trimIndent(),
            )
            Build.withRepository { repository -> maven(repository, classPaths) }
        }

        private fun maven(repository: Path, classPaths: List<ClassPath>) {
            val offline = if (System.getProperty("consumers.network") == "offline=true") listOf("-o") else emptyList()
            val command =
                listOf("${System.getProperty("consumers.maven")}/bin/mvn", "-B", "-ntp", "-fae") + offline +
                    "-Dmaven.repo.local=$repository" +
                    "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath" +
                    "-Dmdep.outputFile=class-path.txt" + "-Dmdep.includeScope=runtime"
            // One that cannot be resolved is told by the test that wants it.
            Processes.run(command, FOLDER, LOG)
            classPaths.forEach { it.found() }
        }
    }
}
