package dev.muster.config

import dev.muster.provider.ModelProvider
import kotlinx.coroutines.CoroutineScope
import kotlinx.serialization.KSerializer
import kotlinx.serialization.json.Json
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import org.slf4j.Logger
import java.lang.reflect.InvocationTargetException
import java.net.URLClassLoader
import java.nio.file.Path
import kotlin.io.path.writeText

/** The library that reads files is optional. */
class WithoutConfigLibraryTest {
    @TempDir
    private lateinit var directory: Path

    @Test
    fun `who has no file needs no library, and who has one is told which is missing`() {
        val file = directory.resolve("muster.conf").apply { writeText("retries.max = 3") }
        withSmallClassPath { type ->
            assertNotNull(build(type) { })
            val failure = assertThrows<InvocationTargetException> {
                build(type) { it.javaClass.getMethod("file", Path::class.java).invoke(it, file) }
            }
            assertEquals(IllegalStateException::class.java, failure.cause?.javaClass)
            assertTrue("com.typesafe:config" in failure.cause?.message.orEmpty(), "${failure.cause}")
        }
    }

    private fun build(type: Class<*>, configure: (Any) -> Unit): Any? {
        val builder = type.getMethod("builder").invoke(null)
        configure(builder)
        return builder.javaClass.getMethod("build").invoke(builder)
    }

    private fun withSmallClassPath(use: (Class<*>) -> Unit) {
        val needed = listOf(
            MusterConfig::class,
            ModelProvider::class,
            Unit::class,
            CoroutineScope::class,
            Json::class,
            KSerializer::class,
            Logger::class,
        )
        val places = needed.map { it.java.protectionDomain.codeSource.location }.distinct()
        val thread = Thread.currentThread()
        val before = thread.contextClassLoader
        URLClassLoader(places.toTypedArray(), ClassLoader.getPlatformClassLoader()).use { small ->
            // Where providers are looked for.
            thread.contextClassLoader = small
            try {
                use(small.loadClass(MusterConfig::class.java.name))
            } finally {
                thread.contextClassLoader = before
            }
        }
    }
}
