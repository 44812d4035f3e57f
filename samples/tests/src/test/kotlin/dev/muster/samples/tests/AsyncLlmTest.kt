package dev.muster.samples.tests

import dev.muster.fake.FakeRequestState
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.nio.file.Files
import java.nio.file.Path

internal class AsyncLlmTest {
    @ParameterizedTest
    @EnumSource
    fun `both languages print the same text`(language: Language) = language.run("async-llm", "--latency=2s") {
        assertEquals(0, exitCode, err)
        assertEquals(expected("async-llm.txt"), masked)
        assertEquals("", err)
    }

    @ParameterizedTest
    @EnumSource
    fun `the four default prompts are all sent before the first answer comes`(language: Language) =
        language.run("async-llm", "--example=parallel", "--latency=2s") {
            assertEquals(0, exitCode, err)
            assertEquals(4, server.requestCount)
            assertEquals(4, arrivedBeforeTheFirstReply)
            assertTrue("Peak in flight    4" in lines, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `prompts sends exactly those prompts`(language: Language) =
        language.run("async-llm", """--prompts=["What is AI?","Explain machine learning"]""", "--latency=50ms") {
            assertEquals(0, exitCode, err)
            assertEquals(setOf("What is AI?", "Explain machine learning"), server.requests.map { it.prompt }.toSet())
            assertEquals(2, server.requestCount)
            assertTrue(lines.any { it.startsWith("2 answers in ") }, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `prompts may come from a file`(language: Language, @TempDir directory: Path) {
        val file = directory.resolve("prompts.json")
        Files.writeString(file, """["Wie spät ist es?"]""")
        language.run("async-llm", "--prompts=@$file", "--latency=50ms") {
            assertEquals(0, exitCode, err)
            assertEquals(listOf("Wie spät ist es?"), server.requests.map { it.prompt })
            assertTrue("1. Wie spät ist es?" in lines, out)
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a prompts file that cannot be read ends with code 1 and its name`(language: Language) =
        language.run("async-llm", "--prompts=@no/such/prompts.json") {
            assertEquals(1, exitCode)
            assertTrue("no/such/prompts.json: the file does not exist" in err.replace('\\', '/'), err)
            assertEquals(1, err.trim().lines().size, err)
            assertEquals(0, server.requestCount)
        }

    @ParameterizedTest
    @EnumSource
    fun `prompts that are no array of strings end with code 1 and say what is expected`(language: Language) {
        for (prompts in listOf("What is AI?", "{}", "[]", "[1]", """["a"] b""")) {
            language.run("async-llm", "--prompts=$prompts") {
                assertEquals(1, exitCode, prompts)
                assertTrue("must hold a JSON array of strings" in err, err)
                assertEquals(0, server.requestCount)
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `the second prompt of the chain holds the first answer`(language: Language) =
        language.run("async-llm", "--example=chain", "--latency=50ms") {
            assertEquals(0, exitCode, err)
            val (joke, explanation) = server.requests
            val told = lines.first { it.startsWith("Joke:") }.substringAfter(':').trim()
            assertEquals("Explain this joke: $told", explanation.prompt)
            assertTrue(explanation.arrivedAt > joke.endedAt!!)
        }

    @ParameterizedTest
    @EnumSource
    fun `the race asks three providers and the server sees both losers leave`(language: Language) =
        language.run("async-llm", "--example=race", "--latency=2s") {
            assertEquals(0, exitCode, err)
            assertEquals(
                setOf("/openai/v1/chat/completions", "/groq/v1/chat/completions", "/api/chat"),
                server.requests.map { it.path }.toSet(),
            )
            assertEquals(3, arrivedBeforeTheFirstReply)
            val winner = server.requests.single { it.state == FakeRequestState.COMPLETED }
            val losers = server.requests.filter { it.state == FakeRequestState.DISCONNECTED }
            assertTrue(lines.any { it.startsWith("Winner: ") && winner.model in it }, out)
            assertEquals(2, losers.size)
            for (loser in losers) {
                assertTrue(loser.disconnectedAt!! > winner.firstByteAt!!, "a loser left before there was a winner")
                assertTrue(lines.any { it.startsWith("Loser:") && loser.model in it }, out)
            }
        }

    @ParameterizedTest
    @EnumSource
    fun `a race so close that all may answer names two losers all the same`(language: Language) =
        language.run("async-llm", "--example=race", "--latency=1ms") {
            assertEquals(0, exitCode, err)
            assertEquals(2, lines.count { it.startsWith("Loser:") }, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `an empty prompt is not sent`(language: Language) = language.run("async-llm", "--example=catch") {
        assertEquals(0, exitCode, err)
        assertEquals(0, server.requestCount)
        assertTrue("Going on with a default answer" in lines, out)
    }

    @ParameterizedTest
    @EnumSource
    fun `values that are there already send nothing`(language: Language) =
        language.run("async-llm", "--example=resolved", "--latency=50ms") {
            assertEquals(0, exitCode, err)
            assertEquals(listOf("What is the capital of Peru?"), server.requests.map { it.prompt })
        }
}

/** The text of a resource of this module. */
internal fun expected(name: String): String =
    checkNotNull(AsyncLlmTest::class.java.getResource("/$name")) { "no resource $name" }.readText()
