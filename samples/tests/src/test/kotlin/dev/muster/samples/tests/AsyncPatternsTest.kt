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
    fun `B9 B11 a window of three keeps three in flight, and an early stop closes what is`(language: Language) =
        language.run("async-patterns", "--pattern=stream", "--latency=5s") {
            assertEquals(0, exitCode, err)
            assertTrue(lines.any { it.startsWith("5 answers in ") && it.endsWith("at most 3 in flight") }, out)
            assertTrue("Stopped after 2 of 10: the rest was never sent, or closed" in lines, out)
            server.awaitIdle(PATIENCE)
            assertEquals(3, server.peakInFlight)
            assertTrue(server.requestCount < 15, "${server.requestCount} requests")
        }

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
