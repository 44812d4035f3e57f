package dev.muster.samples.tests

import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.nio.file.Path
import java.util.concurrent.TimeUnit

internal class HelloTest {
    @Test
    fun `Java says hello by a future and by a blocking call`() = Language.JAVA.run("hello", "--latency=50ms") {
        assertEquals(0, exitCode, err)
        assertTrue("future:   Hello! Nice to meet you." in lines, out)
        assertTrue("blocking: Hello! Nice to meet you." in lines, out)
        assertEquals(2, server.requestCount)
    }

    @Test
    fun `Kotlin says hello by a suspending call`() = Language.KOTLIN.run("hello", "--latency=50ms") {
        assertEquals(0, exitCode, err)
        assertTrue("suspend:  Hello! Nice to meet you." in lines, out)
        assertEquals(1, server.requestCount)
    }

    /** The README quotes these programs: they must run unchanged, configured by the environment only. */
    @ParameterizedTest
    @ValueSource(strings = ["java.HelloFuture", "java.HelloBlocking", "kotlin.HelloSuspendKt"])
    fun `the programs of the README run by themselves`(program: String) {
        FakeServer.start().use { server ->
            server.otherwise(FakeReply.text("Hello yourself!"))
            val process = ProcessBuilder(java(), "-cp", classPath(), "dev.muster.samples.$program").apply {
                redirectErrorStream(true)
                environment()["OPENAI_API_KEY"] = "a-key"
                environment()["OPENAI_BASE_URL"] = server.openAiUrl
            }.start()
            val output = process.inputStream.reader().readText()
            assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "the program did not end")
            assertEquals("Hello yourself!", output.trim())
            assertEquals(0, process.exitValue())
            assertEquals(listOf("gpt-4o-mini"), server.requests.map { it.model })
        }
    }

    private fun java() = Path.of(System.getProperty("java.home"), "bin", "java").toString()

    private fun classPath() = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
}
