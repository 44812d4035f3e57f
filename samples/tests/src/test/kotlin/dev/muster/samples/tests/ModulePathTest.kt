package dev.muster.samples.tests

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.io.File
import java.lang.module.Configuration
import java.lang.module.ModuleFinder
import java.nio.file.Path

/** Runs the jars on a module path, as a consumer may. Needs the phase in which the jars exist. */
@Tag("packaged")
internal class ModulePathTest {
    private val jars = classPath().split(File.pathSeparator).map(Path::of).filter { it.toString().endsWith(".jar") }

    @Test
    fun `every published jar has a module name of its own that does not hang on the file's`() {
        val ours = jars.filter { it.parent.endsWith("target") }.flatMap { ModuleFinder.of(it).findAll() }
        assertEquals(PUBLISHED, ours.map { it.descriptor().name() }.filter { it != "dev.muster.unpublished" }.toSet())
    }

    @Test
    fun `a program on the module path finds the providers`() {
        val finder = ModuleFinder.of(*jars.filterNot { "junit" in "$it" || "samples" in "$it" }.toTypedArray())
        val boot = ModuleLayer.boot()
        // Like --add-modules ALL-MODULE-PATH: an automatic module does not declare what it requires.
        val all = finder.findAll().map { it.descriptor().name() }
        val needed = Configuration.resolveAndBind(ModuleFinder.of(), listOf(boot.configuration()), finder, all)
        val layer = ModuleLayer.defineModulesWithOneLoader(needed, listOf(boot), ClassLoader.getPlatformClassLoader())
        val muster = layer.layer().findLoader("dev.muster.java").loadClass("dev.muster.java.Muster")
        assertEquals("dev.muster.java", muster.module.name)
        val thread = Thread.currentThread()
        val before = thread.contextClassLoader
        thread.contextClassLoader = muster.classLoader
        try {
            val client = muster.getMethod("create").invoke(null)
            val ids = muster.getMethod("providerIds").invoke(client) as Set<*>
            assertTrue(ids.containsAll(setOf("openai", "anthropic", "gemini", "ollama")), "$ids")
            muster.getMethod("close").invoke(client)
        } finally {
            thread.contextClassLoader = before
        }
    }

    private fun classPath() = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")

    private companion object {
        val PUBLISHED =
            setOf("core", "java", "jackson", "http", "ktor", "openai", "anthropic", "gemini", "ollama", "fake")
                .map { "dev.muster.$it" }
                .toSet()
    }
}
