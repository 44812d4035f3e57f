package dev.muster.linkcheck

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.ValueSource
import java.io.File
import java.lang.reflect.InvocationTargetException
import java.net.URLClassLoader

/** Creates a client with the oldest and the newest libraries. Older ones are refused at once. */
class StartTest {
    @ParameterizedTest
    @ValueSource(strings = ["floor", "newest"])
    fun `a client is made`(classPath: String) {
        val jars = jarsIn("class-paths/$classPath")

        ENTRIES.forEach { entry -> on(jars) { (create(it, entry) as AutoCloseable).close() } }
    }

    @ParameterizedTest
    @CsvSource(
        "kotlin-stdlib-1.8.22, Kotlin 1.8.22",
        "kotlin-stdlib-1.6.21, Kotlin 1.6.21",
        "kotlinx-coroutines-core-jvm-1.7.3, kotlinx-coroutines 1.7.3",
        "kotlinx-coroutines-core-jvm-1.6.4, kotlinx-coroutines 1.6.4",
        "kotlinx-serialization-json-jvm-1.5.1, kotlinx-serialization (in kotlinx-serialization-core-jvm-1.6.3.jar)",
    )
    fun `a library that is too old is named with what to do`(old: String, found: String) {
        val jar = File("target/class-paths/old/$old.jar")
        assertTrue(jar.isFile)
        val other = jarsIn("class-paths/floor").filterNot { it.library == jar.library }

        ENTRIES.forEach { entry ->
            assertRefused(other + jar, entry, "The class path has $found: Muster needs at least Kotlin 1.9, ")
        }
    }

    @Test
    fun `all too old libraries are named together`() {
        val old = listOf("kotlin-stdlib-1.6.21", "kotlinx-coroutines-core-jvm-1.6.4") +
            listOf("kotlinx-serialization-core-jvm-1.5.1", "kotlinx-serialization-json-jvm-1.5.1")
        val jars = old.map { File("target/class-paths/old/$it.jar") }
        val other = jarsIn("class-paths/floor").filterNot { it.library in jars.map { jar -> jar.library } }

        val found = "Kotlin 1.6.21, kotlinx-coroutines 1.6.4, " +
            "kotlinx-serialization (in kotlinx-serialization-core-jvm-1.5.1.jar)"
        ENTRIES.forEach { entry ->
            assertRefused(jars + other, entry, "The class path has $found: Muster needs at least ")
        }
    }

    @Test
    fun `coroutines that are too new for the Kotlin beside them are named`() {
        val newest = jarsIn("class-paths/newest").single { it.library == "kotlinx-coroutines-core-jvm" }
        val other = jarsIn("class-paths/floor").filterNot { it.library == newest.library }

        val found = "The class path has Kotlin 1.9.25 with kotlinx-coroutines 1.11.0: " +
            "these coroutines need at least Kotlin 2.1. "
        ENTRIES.forEach { entry -> assertRefused(other + newest, entry, found) }
    }

    private fun assertRefused(jars: List<File>, entry: String, message: String) {
        val refused = assertThrows<InvocationTargetException> { on(jars) { create(it, entry) } }.targetException

        assertEquals("dev.muster.error.IncompatibleClassPathException", refused.javaClass.name)
        assertEquals(message, refused.message!!.take(message.length))
        assertTrue("Import dev.muster:muster-bom before the BOM of your framework." in refused.message!!)
    }

    private fun create(loader: ClassLoader, entry: String): Any =
        loader.loadClass(entry).getMethod("create").invoke(null)

    /** Calls [use] with a class loader that sees only the JDK, the published jars and [jars]. */
    private fun <T> on(jars: List<File>, use: (ClassLoader) -> T): T {
        val urls = (jarsIn("published") + jars).map { it.toURI().toURL() }.toTypedArray()
        val before = Thread.currentThread().contextClassLoader
        return URLClassLoader(urls, ClassLoader.getPlatformClassLoader()).use { loader ->
            Thread.currentThread().contextClassLoader = loader
            try {
                use(loader)
            } finally {
                Thread.currentThread().contextClassLoader = before
            }
        }
    }

    private val File.library get() = name.replace(Regex("-\\d.*"), "")

    private companion object {
        val ENTRIES = listOf("dev.muster.MusterClient", "dev.muster.java.Muster")
    }
}
