package dev.muster.samples.tests

import dev.muster.fake.FakeEventKind
import dev.muster.fake.FakeRequest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

internal class ConcurrentQueriesTest {
    @ParameterizedTest
    @EnumSource
    fun `both languages print the same text`(language: Language) =
        language.run("concurrent-queries", "--latency=600ms") {
            assertEquals(0, exitCode, err)
            // Another test checks the completion order, with more time between the answers.
            fun String.unordered() = replace(COMPLETION, "")
            assertEquals(expected("concurrent-queries.txt").unordered(), masked.unordered())
            assertEquals(COMPLETION.pairs(expected("concurrent-queries.txt")), COMPLETION.pairs(masked))
            assertEquals("", err)
        }

    @ParameterizedTest
    @EnumSource
    fun `gather sends all five questions before the first answer comes`(language: Language) =
        language.run("concurrent-queries", "--demo=gather") {
            assertEquals(0, exitCode, err)
            assertEquals(5, server.requestCount)
            assertEquals(5, arrivedBeforeTheFirstReply)
            assertEquals(5, server.peakInFlight)
            assertTrue("Peak in flight    5" in lines, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `the one agent sends its system prompt and one question in each request`(language: Language) =
        language.run("concurrent-queries", "--demo=gather", "--latency=100ms") {
            for (request in server.requests) {
                assertEquals(listOf("system", "user"), request.messages.map { it.role })
            }
        }

    @ParameterizedTest
    @EnumSource
    fun `completion shows the fastest first`(language: Language) =
        language.run("concurrent-queries", "--demo=completion", "--latency=4s") {
            assertEquals(0, exitCode, err)
            val completed = lines.filter { it.startsWith("[") }
            assertEquals(3, completed.size, out)
            listOf("1/3] Quick", "2/3] Medium", "3/3] Long").forEachIndexed { index, start ->
                val form = Regex("""\[\Q$start\E query completed \(\d+\.\ds\)""")
                assertTrue(form.matches(completed[index]), completed[index])
            }
        }

    @ParameterizedTest
    @EnumSource
    fun `a batch in chunks starts a group when the one before has ended`(language: Language) =
        language.run("concurrent-queries", "--demo=batch", "--latency=1s") {
            assertEquals(0, exitCode, err)
            assertEquals(
                listOf("Group 1: 3 queries", "Group 2: 3 queries", "Group 3: 2 queries"),
                lines.filter { it.startsWith("Group ") },
            )
            assertEquals(8, server.requestCount)
            assertEquals(3, server.peakInFlight)
            val groups = server.requests.sortedBy(FakeRequest::index).chunked(3)
            for ((group, next) in groups.zipWithNext()) {
                assertTrue(next.minOf { it.arrivedAt } > group.maxOf { it.firstByteAt!! }, "a group began early")
            }
        }

    @ParameterizedTest
    @EnumSource
    fun `a batch through a window starts a query when any other has ended`(language: Language) = language.run(
        "concurrent-queries",
        "--demo=batch",
        "--strategy=window",
        "--max-concurrent=2",
        "--latency=1s",
    ) {
        assertEquals(0, exitCode, err)
        assertEquals(8, server.requestCount)
        assertEquals(2, server.peakInFlight)
        assertTrue(lines.containsAll(listOf("Total:      8", "Successful: 8", "Failed:     0")), out)
    }

    @ParameterizedTest
    @EnumSource
    fun `a batch with failures counts them and ends with code 1`(language: Language) {
        for (strategy in listOf("chunks", "window")) {
            language.run(
                "concurrent-queries",
                "--demo=batch",
                "--strategy=$strategy",
                "--latency=30s",
                "--timeout=50ms",
            ) {
                assertEquals(1, exitCode, err)
                assertTrue(lines.containsAll(listOf("Successful: 0", "Failed:     8")), out)
                assertEquals(8, lines.count { it.matches(Regex("""\d\. Name .*\. -> LlmTimeoutException: .*""")) }, out)
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `batch-size decides the groups`(language: Language) =
        language.run("concurrent-queries", "--demo=batch", "--batch-size=5", "--latency=50ms") {
            assertEquals(
                listOf("Group 1: 5 queries", "Group 2: 3 queries"),
                lines.filter { it.startsWith("Group ") },
            )
        }

    @ParameterizedTest
    @EnumSource
    fun `of the failing queries the empty one is not sent and the long one is sent whole`(language: Language) =
        language.run("concurrent-queries", "--demo=errors", "--latency=200ms") {
            assertEquals(0, exitCode, err)
            assertEquals(3, server.requestCount)
            assertEquals(1, server.requests.count { it.prompt.length == 10_000 })
            val endings = lines.drop(3).take(5)
            assertTrue(endings[0].endsWith("Tokyo"), out)
            assertTrue("InvalidRequestException: " in endings[1], out)
            assertTrue("ContextLengthExceededException: " in endings[2], out)
            assertTrue(endings[3].endsWith("Lima"), out)
            assertEquals("2 of 4 answered", endings[4])
        }

    @ParameterizedTest
    @EnumSource
    fun `the advanced patterns keep the limit and close what times out`(language: Language) =
        language.run("concurrent-queries", "--demo=advanced", "--max-concurrent=2", "--latency=1s") {
            assertEquals(0, exitCode, err)
            val semaphore = server.events.filter { it.request < 6 }
            assertEquals(2, peak(semaphore.map { it.kind }))
            assertTrue(lines.any { it.startsWith("6 answers in ") && it.endsWith("at most 2 in flight") }, out)
            server.awaitDisconnects(1, PATIENCE)
            assertEquals(1, server.disconnects)
            assertTrue("Query timed out after 1s" in lines, out)
            assertEquals((1..5).map { "$it/5 done, 1 failed" }, lines.filter { it.endsWith(" failed") })
            assertTrue(lines.any { it.startsWith("Query 3: InvalidRequestException: ") }, out)
        }

    @ParameterizedTest
    @EnumSource
    fun `a part that has no answer at all shows each failure and ends with code 1`(language: Language) {
        for (demo in listOf("completion", "errors", "batch")) {
            language.run("concurrent-queries", "--demo=$demo", "--model=openai::m") {
                assertEquals(1, exitCode, demo)
                assertEquals("", err)
                assertTrue(lines.count { "MissingApiKeyException: " in it } >= 3, out)
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a window prints each answer behind its query, in the order of the queries`(language: Language) =
        language.run("concurrent-queries", "--demo=batch", "--strategy=window", "--latency=50ms") {
            val answers = listOf("Aardvark", "Badger", "Cormorant", "Dormouse", "Eel", "Fox", "Gull", "Heron")
            val expected = answers.mapIndexed { index, answer ->
                "${index + 1}. Name an animal with the letter ${answer.first()}. -> $answer"
            }
            assertEquals(expected, lines.filter { " -> " in it })
        }

    @ParameterizedTest
    @EnumSource
    fun `a size of zero is refused`(language: Language) {
        for (flag in listOf("--batch-size", "--max-concurrent")) {
            language.run("concurrent-queries", "$flag=0") {
                assertEquals(1, exitCode)
                assertTrue("$flag must be at least 1" in err, err)
            }
        }
    }

    /** The query, its prompt and its answer. */
    private fun Regex.pairs(text: String): Set<List<String>> =
        findAll(text).map { it.groupValues.drop(1) }.toSet().also { assertEquals(3, it.size, text) }

    private companion object {
        val COMPLETION = Regex("""\[\d/3] (\w+) query completed \(#\)\n {2}Q: (.*)\n {2}A: (.*)\n""")
    }

    private fun peak(kinds: List<FakeEventKind>): Int = kinds
        .runningFold(0) { open, kind ->
            when (kind) {
                FakeEventKind.ARRIVED -> open + 1
                FakeEventKind.COMPLETED -> open - 1
                else -> open
            }
        }.max()
}
