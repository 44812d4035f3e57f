package dev.muster.consumers

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.copyTo
import kotlin.io.path.createDirectories
import kotlin.io.path.createSymbolicLinkPointingTo
import kotlin.io.path.exists
import kotlin.io.path.isDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readText

/** What this build has packaged, and a local Maven repository that has it. */
internal object Build {
    val root: Path = Path.of("").toAbsolutePath().parent
    val target: Path = Path.of("target").toAbsolutePath()
    val version: String = tag(root.resolve("pom.xml").readText(), "version")

    /** The folders of the modules whose jars or POMs users have. */
    private val published: List<Path> =
        MODULE
            .findAll(root.resolve("pom.xml").readText().substringBefore("<profiles>"))
            .map { root.resolve(it.groupValues[1]) }
            .filterNot { it == Path.of("").toAbsolutePath() || it.parent == root.resolve("samples") }
            .toList()

    /**
     * Lets [use] have a local repository with everything that the build's own has, by links, so that what is missing
     * is downloaded once for both; but with a folder of its own for Muster, which has what was packaged now. So
     * neither does a program find what an earlier build has installed, nor does this one install anything.
     */
    fun withRepository(use: (Path) -> Unit) {
        val outer = Path.of(checkNotNull(System.getProperty("consumers.repository")) { "Run by mvn verify" })
        val inner = target.resolve("repository")
        val staged = target.resolve("staged")
        empty(inner)
        empty(staged)
        published.forEach { module -> stage(module, staged) }
        try {
            link(outer, inner, except = "dev")
            link(outer.resolve("dev"), inner.resolve("dev"), except = "muster")
            inner.resolve("dev/muster").createSymbolicLinkPointingTo(staged)
            use(inner)
        } finally {
            // So that nothing which follows links when it cleans up gets into the build's own repository.
            empty(inner)
        }
    }

    /** Makes [folder] an empty one. Links in it are removed, never what they lead to. */
    fun empty(folder: Path) {
        // Files.walk does not follow links.
        if (folder.exists()) Files.walk(folder).use { it.sorted(Comparator.reverseOrder()).forEach(Files::delete) }
        folder.createDirectories()
    }

    private fun link(outer: Path, inner: Path, except: String) {
        inner.createDirectories()
        if (!outer.isDirectory()) return
        outer.listDirectoryEntries().filter { it.isDirectory() && it.name != except }.forEach {
            inner.resolve(it.name).createSymbolicLinkPointingTo(it.toRealPath())
        }
    }

    private fun stage(module: Path, repository: Path) {
        val pom = module.resolve(".flattened-pom.xml")
        // Not built this time: where a class path needs it, Maven says that it is missing.
        if (!pom.exists()) return
        val artifact = tag(pom.readText(), "artifactId")
        val folder = repository.resolve("$artifact/$version").createDirectories()
        pom.copyTo(folder.resolve("$artifact-$version.pom"))
        if ("<packaging>pom</packaging>" in pom.readText()) return
        val jar = module.resolve("target/$artifact-$version.jar")
        check(jar.exists()) { "$module is not packaged: run mvn verify in $root" }
        Files.createLink(folder.resolve(jar.name), jar)
    }

    /** The first element [name] outside of the parent. */
    private fun tag(pom: String, name: String): String =
        checkNotNull(Regex("<$name>(.*?)</$name>").find(pom.replace(PARENT, ""))).groupValues[1]

    private val MODULE get() = Regex("<module>(.*?)</module>")
    private val PARENT get() = Regex("<parent>.*?</parent>", RegexOption.DOT_MATCHES_ALL)
}
