package dev.muster.samples.tests

import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.time.Duration

internal val PATIENCE: Duration = Duration.ofSeconds(60)

/** The flags that every sample takes. */
internal class FlagsTest {
    @ParameterizedTest
    @EnumSource
    fun `a flag that no sample knows ends with code 1 and its name`(language: Language) =
        language.run("async-llm", "--colour=red") {
            assertEquals(1, exitCode)
            assertTrue("--colour" in err, err)
        }

    @ParameterizedTest
    @EnumSource
    fun `param is another way to write a flag`(language: Language) {
        language.run("concurrent-queries", "--param", "demo=batch", "--param=batch-size=4", "--param=latency=50") {
            assertEquals(0, exitCode, err)
            assertEquals(2, lines.count { it.matches(Regex("Group . *: 4 queries")) }, out)
        }
        language.run("concurrent-queries", "--param", "demo") {
            assertEquals(1, exitCode)
            assertTrue("--param takes name=value" in err, err)
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a timeout that is too short ends with code 1 and names itself`(language: Language) {
        for (sample in listOf("hello", "async-llm", "concurrent-queries")) {
            language.run(sample, "--latency=30s", "--timeout=100ms") {
                assertEquals(1, exitCode, sample)
                assertTrue(err.startsWith("LlmTimeoutException: "), err)
                assertEquals(1, err.trim().lines().size, err)
                server.awaitIdle(PATIENCE)
                assertEquals(server.requestCount, server.disconnects, "the calls were closed")
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a time that cannot be read ends with code 1`(language: Language) {
        for (time in listOf("soon", "-1s", "0", "1 fortnight")) {
            language.run("hello", "--latency=$time") {
                assertEquals(1, exitCode, time)
                assertTrue("--latency" in err, err)
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a time of more than a day ends with code 1 and says how long it may be`(language: Language) {
        val flags = listOf("--latency=1441m", "--timeout=86401s", "--timeout=${"9".repeat(400)}s")
        for (flag in flags) {
            language.run("hello", flag) {
                assertEquals(1, exitCode, flag)
                assertTrue(flag.substringBefore('=') in err && "is too long: write 1440m, which is a day" in err, err)
            }
        }
        language.run("hello", "--timeout=1440m", "--latency=1ms") { assertEquals(0, exitCode, err) }
    }

    @ParameterizedTest
    @EnumSource
    fun `what is said to a user of the command line names no method`(language: Language) {
        val wrong = listOf(
            "hello --model=openai::m",
            "hello --model=azure::m",
            "hello --model=m",
            "hello --model=openai::",
            "hello --model=nobody::m",
            "hello --model=nobody::m --base-url=http://127.0.0.1:1",
            "hello --model=ollama::m --base-url=127.0.0.1:1",
            "hello --model=ollama::m --base-url=ftp://127.0.0.1",
            "hello --model=ollama::m --base-url=http://user:word@127.0.0.1",
            "hello --model=ollama::m --base-url=http://127.0.0.1/?key=x",
            "hello --model=ollama::m --base-url=http://",
            "hello --timeout=9999m",
            "complete --example=errors --model=ollama::m",
            "complete demo 7",
        )
        for (command in wrong) {
            language.run(*command.split(' ').toTypedArray()) {
                assertEquals(1, exitCode, command)
                val message = err.lines().first()
                assertFalse(Regex("""\b[a-z]+[A-Z]\w*|\w\(""").containsMatchIn(message), "$command: $message")
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a base URL without a model is refused`(language: Language) =
        language.run("hello", "--base-url=http://localhost:1") {
            assertEquals(1, exitCode)
            assertTrue("--base-url needs --model" in err, err)
        }

    @ParameterizedTest
    @EnumSource
    fun `model and base URL reach the server they name, three times in the race`(language: Language) {
        FakeServer.start().use { other ->
            // The four prompts and the two of the chain come before the three of the race.
            other.onPromptContaining("prime").reply(FakeReply.text("7").holdUntil(4 + 2 + 3))
            val flags = arrayOf("--model=ollama::gemma3:latest", "--base-url=${other.ollamaUrl}")
            language.run("async-llm", *flags) {
                assertEquals(0, exitCode, err)
                assertEquals("Asking ollama::gemma3:latest at ${other.ollamaUrl}.", lines.first())
                assertEquals(2, lines.count { it.startsWith("Loser:  ollama::gemma3:latest (racer ") }, out)
                assertTrue(other.requests.all { it.model == "gemma3:latest" })
                assertEquals(4 + 2 + 3 + 1, other.requestCount)
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a model without its key ends with code 1 and names the variable`(language: Language) =
        language.run("hello", "--model=openai::gpt-4o-mini") {
            assertEquals(1, exitCode)
            assertTrue(err.startsWith("MissingApiKeyException: ") && "OPENAI_API_KEY" in err, err)
        }

    @ParameterizedTest
    @EnumSource
    fun `a model of an unknown provider ends with code 1 and lists the known ones`(language: Language) =
        language.run("hello", "--model=nobody::knows") {
            assertEquals(1, exitCode)
            assertTrue("'nobody'" in err && "openai" in err && "ollama" in err, err)
        }

    @ParameterizedTest
    @EnumSource
    fun `a server that is not there ends with code 1 and no stack trace`(language: Language) =
        language.run("concurrent-queries", "--model=ollama::gemma3", "--base-url=http://127.0.0.1:1") {
            assertEquals(1, exitCode)
            assertTrue(err.startsWith("NetworkException: "), err)
            assertEquals(1, err.trim().lines().size, err)
        }
}
