package dev.muster.samples.tests

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

/** Tests the flag `--transport`. Ktor's CIO engine opens one connection for each request; that identifies it. */
internal class TransportTest {
    @ParameterizedTest
    @EnumSource
    fun `on Ktor's engine all demos print the same, and each request has a connection of its own`(language: Language) =
        language.run("complete", "demo", "--latency=50ms", "--transport=ktor") {
            assertEquals(0, exitCode, err)
            assertEquals("Asking the built-in fake server; $ANY Using Ktor's CIO engine.", lines.first())
            assertEquals(expected("complete-demo.txt").lines().drop(1), masked.lines().drop(1))
            assertEquals("", err)
            assertEquals(REQUESTS, server.requestCount)
            assertEquals(WARM_UP + REQUESTS, server.connectionsAccepted)
        }

    @ParameterizedTest
    @EnumSource
    fun `on the JDK's engine, the default, connections are reused`(language: Language) {
        listOf(emptyArray(), arrayOf("--transport=jdk")).forEach { flags ->
            language.run("complete", "demo", "--latency=50ms", *flags) {
                assertEquals(0, exitCode, err)
                assertEquals(REQUESTS, server.requestCount)
                assertTrue(server.connectionsAccepted < WARM_UP + REQUESTS, "${server.connectionsAccepted}")
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `every sample runs on Ktor's engine`(language: Language) {
        val samples =
            listOf(
                listOf("hello"),
                listOf("async-llm"),
                listOf("async-callbacks"),
                listOf("concurrent-queries"),
                listOf("async-patterns", "--pattern=stream"),
                listOf("complete", "--example=config"),
                listOf("swing-answers", "--no-window"),
            )
        samples.forEach { sample ->
            language.run(*sample.toTypedArray(), "--latency=50ms", "--transport=KTOR") {
                assertEquals(0, exitCode, "$sample\n$err")
                assertTrue(server.requestCount > 0, "$sample")
                assertTrue(server.connectionsAccepted >= WARM_UP + server.requestCount, "$sample")
                server.awaitIdle(PATIENCE)
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `the losers of a race are closed on Ktor's engine, too`(language: Language) =
        language.run("async-llm", "--example=race", "--latency=2s", "--transport=ktor") {
            assertEquals(0, exitCode, err)
            assertEquals(3, server.requestCount)
            assertEquals(2, server.disconnects)
            assertEquals(2, lines.count { it.matches(Regex("Loser: .* its connection closed .*")) }, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `a transport that there is not ends with code 1 and the ones there are`(language: Language) =
        language.run("hello", "--transport=pigeon") {
            assertEquals(1, exitCode)
            assertTrue("--transport" in err && "pigeon" in err && "JDK" in err && "KTOR" in err, err)
        }

    private companion object {
        const val ANY = "--model=provider::model asks a real one."

        // The demo server makes one request when it starts.
        const val WARM_UP = 1

        // One for the question, two for the tool, one for the record, two for the conversation.
        const val REQUESTS = 6
    }
}
