package dev.muster.samples.tests

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

internal class AsyncCallbacksTest {
    @ParameterizedTest
    @EnumSource
    fun `both languages print the same text`(language: Language) = language.run("async-callbacks", "--latency=2s") {
        assertEquals(0, exitCode, err)
        assertEquals(expected("async-callbacks.txt"), masked)
        assertEquals("", err)
    }

    @ParameterizedTest
    @EnumSource
    fun `B21 B22 the handle is printed before the answer, and all callbacks are on the pumping thread`(
        language: Language,
    ) = language.run("async-callbacks", "--mode=simple", "--latency=200ms") {
        assertEquals(0, exitCode, err)
        assertTrue(lines.indexOf("Handle: planet") in 0 until lines.indexOf("Answer: Neptune"), out)
        assertTrue("all of them" in lines, out)
        assertEquals(1, server.requestCount)
    }

    @ParameterizedTest
    @EnumSource
    fun `B16 five calls are in flight at once and come back one by one`(language: Language) =
        language.run("async-callbacks", "--mode=parallel", "--latency=5s") {
            assertEquals(0, exitCode, err)
            assertEquals((1..5).map { "[$it/5] Ben Nevis" }, lines.filter { it.startsWith("[") })
            assertEquals(5, server.peakInFlight)
        }

    @ParameterizedTest
    @EnumSource
    fun `B24 handles as futures overlap`(language: Language) =
        language.run("async-callbacks", "--mode=promise", "--latency=5s") {
            assertEquals(0, exitCode, err)
            assertEquals(3, server.peakInFlight)
        }

    @ParameterizedTest
    @EnumSource
    fun `A15 tokens come as callbacks, in their order`(language: Language) =
        language.run("async-callbacks", "--mode=streaming", "--latency=100ms") {
            assertEquals(0, exitCode, err)
            val tokens = lines.filter { it.startsWith("Token: ") }.map { it.removePrefix("Token: ") }
            assertEquals(listOf("one", "two", "three", "four", "five"), tokens)
        }

    @ParameterizedTest
    @EnumSource
    fun `a call that fails ends the sample with its failure`(language: Language) =
        language.run("async-callbacks", "--latency=30s", "--timeout=100ms") {
            assertEquals(1, exitCode)
            assertTrue(err.startsWith("LlmTimeoutException: "), err)
        }
}
