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

/** The artifacts that this build has packaged, and a local Maven repository that contains them. */
internal object Build {
    val root: Path = Path.of("").toAbsolutePath().parent
    val target: Path = Path.of("target").toAbsolutePath()
    val version: String = tag(root.resolve("pom.xml").readText(), "version")

    /** The folders of the modules whose jars or POMs users get. */
    private val published: List<Path> =
        MODULE
            .findAll(root.resolve("pom.xml").readText().substringBefore("<profiles>"))
            .map { root.resolve(it.groupValues[1]) }
            .filterNot { it == Path.of("").toAbsolutePath() || it.parent == root.resolve("samples") }
            .toList()

    /**
     * Calls [use] with a local repository that links to the folders of the build's repository, so that a missing
     * artifact is downloaded once for both. Its folder for Muster is separate and holds what was packaged now: a
     * program cannot find what an earlier build installed, and this build installs nothing.
     */
    fun withRepository(use: (Path) -> Unit) {
        val repository = System.getProperty("consumers.repository")
        val outer = Path.of(checkNotNull(repository) { "consumers.repository is not set: run mvn verify" })
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
            // A clean-up that follows links must not reach the build's repository.
            empty(inner)
        }
    }

    /** Empties [folder]. Removes links in it, never their targets. */
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
        // Not built this time. If a class path needs it, Maven reports it as missing.
        if (!pom.exists()) return
        val artifact = tag(pom.readText(), "artifactId")
        val folder = repository.resolve("$artifact/$version").createDirectories()
        pom.copyTo(folder.resolve("$artifact-$version.pom"))
        if ("<packaging>pom</packaging>" in pom.readText()) return
        val jar = module.resolve("target/$artifact-$version.jar")
        check(jar.exists()) { "$module is not packaged: run mvn verify in $root" }
        Files.createLink(folder.resolve(jar.name), jar)
    }

    /** Returns the first element [name] outside of the parent. */
    private fun tag(pom: String, name: String): String =
        checkNotNull(Regex("<$name>(.*?)</$name>").find(pom.replace(PARENT, ""))).groupValues[1]

    private val MODULE get() = Regex("<module>(.*?)</module>")
    private val PARENT get() = Regex("<parent>.*?</parent>", RegexOption.DOT_MATCHES_ALL)
}
