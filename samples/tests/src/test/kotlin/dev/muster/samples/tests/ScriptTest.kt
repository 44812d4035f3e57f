package dev.muster.samples.tests

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/** Tests the parts of `samples/run` that build nothing. */
internal class ScriptTest {
    @Test
    fun `without a name it lists the samples, and each of them is there in both languages`() {
        val (exitCode, output) = script()
        assertEquals(0, exitCode, output)
        val names = output.lines().filter { it.matches(Regex("  [a-z].*")) }.map { it.trim().substringBefore(' ') }
        val all =
            listOf("hello", "async-llm", "async-callbacks", "concurrent-queries", "async-patterns") +
                listOf("complete", "swing-answers")
        assertEquals(all, names)
        for (name in names) {
            for (language in Language.entries) language.run(name, "--help") { assertEquals(0, exitCode, err) }
        }
    }

    @Test
    fun `an unknown name ends with code 1 and the list`() {
        val (exitCode, output) = script("concurrent-querys")
        assertEquals(1, exitCode, output)
        assertTrue("There is no sample called 'concurrent-querys'." in output, output)
        assertTrue("concurrent-queries " in output, output)
    }

    @Test
    fun `an unknown language ends with code 1`() {
        val wrong =
            listOf(
                "complete --lang=x",
                "--lang=x",
                "hello --lang",
                "hello --param lang=x",
                "hello --param=lang=x",
            )
        for (args in wrong) {
            val (exitCode, output) = script(*args.split(' ').toTypedArray())
            assertEquals(1, exitCode, "$args: $output")
            assertTrue("--lang must be java or kotlin" in output, output)
        }
    }

    private fun script(vararg args: String): Pair<Int, String> {
        val process = ProcessBuilder("bash", Path.of("..", "run").toString(), *args).redirectErrorStream(true).start()
        val output = process.inputStream.reader().readText()
        assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "the script did not end")
        return process.exitValue() to output
    }
}
