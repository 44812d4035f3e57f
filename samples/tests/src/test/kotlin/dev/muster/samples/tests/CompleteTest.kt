package dev.muster.samples.tests

import dev.muster.fake.FakeRequestState
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

internal class CompleteTest {
    /** The output without what differs between runs: times, ports, how many calls overlapped. */
    private val SampleRun.withoutPorts: String get() = masked
        .replace(Regex("""127\.0\.0\.1:\d+"""), "HOST")
        .replace(Regex("""(Calls {13}|Peak in flight {4})\d+"""), "$1#")

    @ParameterizedTest
    @EnumSource
    fun `both languages print the same demos`(language: Language) = language.run("complete", "demo", "--latency=50ms") {
        assertEquals(0, exitCode, err)
        assertEquals(expected("complete-demo.txt"), masked)
        assertEquals("", err)
    }

    @ParameterizedTest
    @EnumSource
    fun `both languages print the same examples`(language: Language) =
        language.run("complete", "--example=all", "--latency=50ms") {
            assertEquals(0, exitCode, err)
            assertEquals(expected("complete-examples.txt"), withoutPorts)
            assertEquals("", err)
        }

    @ParameterizedTest
    @EnumSource
    fun `a number shows one demo`(language: Language) = language.run("complete", "demo", "1", "--latency=50ms") {
        assertEquals(0, exitCode, err)
        assertTrue("2+2 is 4" in lines, out)
        assertEquals(listOf("What is 2+2?"), server.requests.map { it.prompt })
    }

    @ParameterizedTest
    @EnumSource
    fun `the weather tool runs once for each city, and the model is told`(language: Language) =
        language.run("complete", "demo", "2", "--latency=50ms") {
            assertEquals(0, exitCode, err)
            assertTrue("The tool ran 2 times; the model was asked 2 times" in lines, out)
            val (first, second) = server.requests
            assertEquals(listOf("weather"), first.tools)
            val told = second.messages.filter { it.role == "tool" }
            assertEquals(listOf("Paris: sunny, 22 degrees.", "Rome: sunny, 22 degrees."), told.map { it.text })
        }

    @ParameterizedTest
    @EnumSource
    fun `the city is asked for by its schema`(language: Language) =
        language.run("complete", "demo", "3", "--latency=50ms") {
            assertEquals(0, exitCode, err)
            assertTrue("Population: 545000" in lines, out)
            val schema = server.requests.single().field("/response_format/json_schema/schema/properties").orEmpty()
            assertTrue("population" in schema && "Without the suburbs" in schema, schema)
        }

    @ParameterizedTest
    @EnumSource
    fun `C14 the second turn sends the first`(language: Language) =
        language.run("complete", "demo", "4", "--latency=50ms") {
            assertEquals(0, exitCode, err)
            assertTrue("Model: It is 42." in lines, out)
            assertEquals(
                listOf("user", "assistant", "user"),
                server.requests.last().messages.map { it.role },
            )
        }

    @ParameterizedTest
    @EnumSource
    fun `C14 a fork, a failed turn and a reset leave a conversation as they should`(language: Language) =
        language.run("complete", "--example=conversation", "--latency=50ms") {
            assertEquals(0, exitCode, err)
            assertTrue("  It is 7. (8 messages)" in lines, out)
            assertEquals(2, lines.count { it.startsWith("  It is 42. (") }, out)
            assertTrue("Here: a turn ends with InvalidRequestException (6 messages)" in lines, out)
            assertTrue("  You have not told me. (2 messages)" in lines, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `executors run at once, and the fastest wins the race`(language: Language) =
        language.run("complete", "--example=executors", "--latency=1s") {
            assertEquals(0, exitCode, err)
            assertEquals(listOf("simple: Loch Ness", "agent:  Loch Ness"), lines.filter { it.endsWith("Loch Ness") })
            assertTrue("Winner: custom, with Lake Constance, by heart" in lines, out)
            assertTrue("Peak in flight    3" in lines, out)
            server.awaitIdle(PATIENCE)
            assertEquals(2, server.completed)
            assertEquals(2, server.disconnects)
        }

    @ParameterizedTest
    @EnumSource
    fun `no setting shows a key`(language: Language) = language.run("complete", "--example=config", "--latency=50ms") {
        assertEquals(0, exitCode, err)
        assertTrue(
            lines.any {
                it.matches(Regex("providers.openai.api-key +set +environment: OPENAI_API_KEY"))
            },
            out,
        )
        assertTrue("no-key-needed" !in out, out)
        assertEquals("Bearer no-key-needed", server.requests.single().header("Authorization"))
    }

    @ParameterizedTest
    @EnumSource
    fun `the time limit of the command line is an argument`(language: Language) =
        language.run("complete", "--example=config", "--latency=50ms", "--timeout=7s") {
            assertEquals(0, exitCode, err)
            assertTrue(lines.any { it.matches(Regex("timeouts.total +7s +argument")) }, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `errors are asked for at once, and none is tried again`(language: Language) =
        language.run("complete", "--example=errors", "--latency=300ms") {
            assertEquals(0, exitCode, err)
            val prompts = server.requests.map { it.prompt }.filter { it.startsWith("Fail with") }
            assertEquals(prompts.toSet().size, prompts.size)
            assertTrue(lines.any { it.matches(Regex("status 429 +RateLimitedException +yes")) }, out)
            assertTrue(lines.any { it.matches(Regex("no answer in time +LlmTimeoutException +no")) }, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `a stream that is stopped early is closed on the wire`(language: Language) =
        language.run("complete", "--example=streaming", "--latency=100ms") {
            assertEquals(0, exitCode, err)
            assertTrue("Stopped after 3 pieces: the server saw it disconnect" in lines, out)
            assertEquals(1, server.requests.count { it.state == FakeRequestState.DISCONNECTED })
        }

    @ParameterizedTest
    @EnumSource
    fun `wrong arguments end with code 1 and the usage`(language: Language) {
        val wrong =
            listOf(
                "demo 5",
                "demo one",
                "memo",
                "demo 1 2",
                "demo --example=basic",
                "--example=none",
                "--exmaple=basic",
            )
        for (args in wrong) {
            language.run("complete", *args.split(' ').toTypedArray()) {
                assertEquals(1, exitCode, args)
                assertTrue("Usage: samples/run complete" in err, err)
                assertEquals("", out)
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a param that is no assignment ends with code 1 and how it is written`(language: Language) {
        for (args in listOf(listOf("--param", "example"), listOf("--param=latency"), listOf("--param"))) {
            language.run("complete", *args.toTypedArray()) {
                assertEquals(1, exitCode, "$args")
                assertTrue("--param takes name=value" in err, err)
                assertEquals("", out)
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `errors without the fake server end with code 1 and why`(language: Language) =
        language.run("complete", "--example=errors", "--model=ollama::gemma3") {
            assertEquals(1, exitCode)
            assertTrue("leave out --model" in err, err)
        }
}
