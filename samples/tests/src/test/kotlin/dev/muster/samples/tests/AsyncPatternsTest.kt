package dev.muster.samples.tests

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

internal class AsyncPatternsTest {
    private fun SampleRun.secondsOf(start: String): Double =
        lines.single { it.startsWith(start) }.let { NUMBER.find(it.removePrefix(start))!!.value.toDouble() }

    @ParameterizedTest
    @EnumSource
    fun `B27 three tools at once tell what they took`(language: Language) =
        language.run("async-patterns", "--pattern=concurrent") {
            assertEquals(0, exitCode, err)
            val tools = lines.filter { it.startsWith("{") }
            assertEquals(listOf("100", "300", "500"), tools.map { EXPECTED.find(it)!!.groupValues[1] })
            assertTrue(
                tools.all {
                    ACTUAL.find(it)!!.groupValues[1].toInt() >=
                        EXPECTED.find(it)!!.groupValues[1].toInt()
                },
            )
            secondsOf("Speed-up:   ")
        }

    @Tag("quiet")
    @ParameterizedTest
    @EnumSource
    fun `B28 three tools at once take as long as the longest`(language: Language) =
        language.run("async-patterns", "--pattern=concurrent") {
            assertTrue(secondsOf("Speed-up:   ") >= 1.4, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `B9 B10 B11 a stream keeps its window, waits for a slow reader, and closes what it leaves`(language: Language) =
        language.run("async-patterns", "--pattern=stream", "--latency=2s") {
            assertEquals(0, exitCode, err)
            assertTrue(lines.any { it.matches(Regex("In order: +5 answers in .*, at most 3 in flight")) }, out)
            assertEquals(3, server.peakInFlight)

            // Three were read. At most three more are in flight.
            val (read, asked, peak) = numbers("Slow reader:")
            assertEquals(3, read)
            assertTrue(asked in 4..6, out)
            assertTrue(peak in 1..3, out)

            val (taken, queries, sent, closed) = numbers("Early stop:")
            assertEquals(listOf(2, 10), listOf(taken, queries))
            // Two were read, one is slow, and two more may have started.
            assertTrue(sent in 3..5, out)
            assertEquals(sent - 2, closed, out)
            server.awaitIdle(PATIENCE)
            assertTrue(server.disconnects >= closed, out)
        }

    private fun SampleRun.numbers(start: String): List<Int> =
        Regex("""\d+""").findAll(lines.single { it.startsWith(start) }).map { it.value.toInt() }.toList()

    @ParameterizedTest
    @EnumSource
    fun `B12 B14 one latency is too short, three are enough, a ladder tries both`(language: Language) =
        language.run("async-patterns", "--pattern=timeout", "--latency=1500ms") {
            assertEquals(0, exitCode, err)
            assertTrue("Within 1 latencies: timed out" in lines, out)
            assertTrue("Within 3 latencies: an answer" in lines, out)
            assertTrue("With a ladder of 1 and 3 latencies: an answer from attempt 2" in lines, out)
            assertEquals(4, server.requestCount)
            assertEquals(2, server.disconnects)
        }

    @ParameterizedTest
    @EnumSource
    fun `B3 the fastest of three tools is selected`(language: Language) =
        language.run("async-patterns", "--pattern=select", "--latency=10s") {
            assertEquals(0, exitCode, err)
            assertTrue(lines.any { it.startsWith("Winner: racer2 in ") }, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `B17 a pipeline gives the same as one after the other, in that order`(language: Language) =
        language.run("async-patterns", "--pattern=pipeline") {
            assertEquals(0, exitCode, err)
            listOf("Sequential: ", "1 a stage:  ", "Unbounded: ").forEach { secondsOf(it) }
            assertTrue("in another order" !in out, out)
        }

    @Tag("quiet")
    @ParameterizedTest
    @EnumSource
    fun `B17 a pipeline is faster than one after the other, and unbounded faster than one a stage`(language: Language) =
        language.run("async-patterns", "--pattern=pipeline") {
            val (sequential, one, all) = listOf("Sequential: ", "1 a stage:  ", "Unbounded: ").map { secondsOf(it) }
            assertTrue(sequential > one && one > all, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `no worker in a stage is refused`(language: Language) =
        language.run("async-patterns", "--stage-concurrency=0") {
            assertEquals(1, exitCode)
            assertTrue("--stage-concurrency must be at least 1" in err, err)
        }

    private companion object {
        val NUMBER = Regex("""\d+\.\d+""")
        val EXPECTED = Regex(""""expectedMs":(\d+)""")
        val ACTUAL = Regex(""""actualMs":(\d+)""")
    }
}
