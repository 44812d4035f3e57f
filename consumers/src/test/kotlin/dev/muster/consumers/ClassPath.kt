package dev.muster.consumers

import java.io.File
import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.exists
import kotlin.io.path.readText
import kotlin.io.path.writeText

/** A class path of a user, described by the [elements] of a POM. */
internal class ClassPath(val name: String, private val elements: String) {
    /** With [parent], and [boms] in the order of import. */
    constructor(
        name: String,
        parent: String? = null,
        boms: List<String> = emptyList(),
        dependencies: List<String>,
    ) : this(
        name,
        parent?.let { "<parent>${coordinates(it)}<relativePath/></parent>" }.orEmpty() +
            "<dependencyManagement>${dependencies(boms.map { "$it:pom" }, "import")}</dependencyManagement>" +
            dependencies(dependencies, "runtime"),
    )

    private val folder: Path = FOLDER.resolve(name)

    private var found: String? = null

    /** The jars. Run [resolve] first. */
    val jars: String get() = checkNotNull(found) { "Maven did not resolve the class path $name: see $LOG" }

    /** The jars of the Kotlin libraries, whose versions a BOM manages. */
    fun kotlinLibraries(): Set<String> =
        jars.split(File.pathSeparator).map { it.substringAfterLast(File.separator) }.filter(LIBRARY::matches).toSet()

    /** The log of the programs that run on this class path. */
    val output: Path get() = folder.resolve("output.txt")

    private fun pom() = """
        |<project xmlns="http://maven.apache.org/POM/4.0.0">
        |<modelVersion>4.0.0</modelVersion>
        |<groupId>smoke</groupId><artifactId>$name</artifactId><version>1</version><packaging>pom</packaging>
        |$elements
        |</project>
    """.trimMargin()

    /** Reads the jars that Maven found and resolves the links. */
    private fun found() {
        val file = folder.resolve("class-path.txt")
        if (!file.exists()) return
        val jars = file.readText().trim().split(File.pathSeparator).filter { it.isNotEmpty() }
        found = jars.joinToString(File.pathSeparator) { Path.of(it).toRealPath().toString() }
    }

    companion object {
        private val FOLDER = Build.target.resolve("class-paths")
        private val LOG = FOLDER.resolve("maven.log")

        private val LIBRARY =
            Regex("(kotlin-stdlib|kotlinx-coroutines-core-jvm|kotlinx-serialization-(core|json)-jvm)-[0-9].*")

        private fun dependencies(artifacts: List<String>, scope: String): String {
            val each = artifacts.map { "<dependency>${coordinates(it)}<scope>$scope</scope></dependency>" }
            return "<dependencies>${each.joinToString("")}</dependencies>"
        }

        private fun coordinates(artifact: String): String {
            val tags = listOf("groupId", "artifactId", "version", "type")
            return tags.zip(artifact.split(":")).joinToString("") { (tag, value) -> "<$tag>$value</$tag>" }
        }

        /** Lets Maven resolve all [classPaths]. Muster's jars are those that this build has packaged. */
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
                    "-Dmdep.outputFile=class-path.txt" + "-Dmdep.includeScope=test"
            // The test that needs a class path fails if it is not resolved.
            Processes.run(command, FOLDER, LOG)
            classPaths.forEach { it.found() }
        }
    }
}
