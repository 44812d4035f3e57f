package dev.muster.samples.tests

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.isDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readLines
import kotlin.io.path.relativeTo
import kotlin.io.path.walk

/**
 * A test that needs a fast machine fails on a busy one. Only the tests in [ALLOWED], each for a reason, may read a real
 * clock, sleep or set a limit below a second. A test that measures times has the tag `quiet` and runs with `-Pquiet`
 * only.
 */
internal class RealClockTest {
    @Test
    fun `no test depends on a real clock below seconds`() {
        // Files with the same name in a module are counted together, so that none hides another.
        val found = sources().groupBy(::name).mapValues { it.value.flatMap(::hits) }.filterValues { it.isNotEmpty() }
        val unlike = found.filter { (file, lines) -> lines.size != (ALLOWED[file]?.count ?: 0) }
        val said = unlike.map { (file, lines) -> "$file:" + lines.joinToString("") { "\n  $it" } }
        assertEquals("", said.joinToString("\n")) {
            "Move the test to virtual time or to the server's events, give it the tag `quiet`, or say in ALLOWED " +
                "why a slow machine cannot fail it"
        }
        assertEquals(emptySet<String>(), ALLOWED.keys - found.keys, "allowed, but no longer there")
    }

    @Test
    fun `the patterns find what they are for`() {
        val bad = listOf(
            ".timeout(Duration.ofMillis(50))", "latch.await(200, MILLISECONDS)", "deadline(900.milliseconds) {",
            "Thread.sleep(1)", "val start = System.nanoTime()", "measureTime { x }", "@Timeout(5)",
            "@Timeout(value = 20, threadMode = SEPARATE_THREAD)", "latch.await(5, TimeUnit.SECONDS)",
            "server.awaitIdle(Duration.ofSeconds(9))", "thread.join(5_000)", "--timeout=200ms",
        )
        assertEquals(bad, bad.filter(::isHit))
        val good = listOf(
            "Duration.ofMillis(3_600_000)",
            "@Timeout(180)",
            "@Timeout(10, unit = TimeUnit.MINUTES)",
            "latch.await(60, TimeUnit.SECONDS)",
            "// Thread.sleep(1)",
            "Duration.ofSeconds(1)",
            "thread.join(60_000)",
            "future.get(60, SECONDS)",
            "import java.util.concurrent.TimeUnit.MILLISECONDS",
        )
        assertEquals(emptyList<String>(), good.filter(::isHit))
    }

    private fun sources(): List<Path> = MODULES
        .flatMap { ROOT.resolve(it).listDirectoryEntries() + ROOT.resolve(it) }
        .map { it.resolve("src/test") }
        // The contracts are tests, too.
        .plusElement(ROOT.resolve("testing/contract/src/main"))
        .filter { it.isDirectory() }
        .distinct()
        .flatMap { folder -> folder.walk().filter { it.extension == "kt" || it.extension == "java" } }
        .filter { it.fileName.toString() != "RealClockTest.kt" }

    private fun hits(file: Path): List<String> {
        val lines = file.readLines()
        val isVirtual = lines.any { line -> VIRTUAL.any { it in line } }
        return lines.filter { isHit(it, if (isVirtual) SLEEP else SLEEP + SHORT) }.map { it.trim() }
    }

    private fun isHit(line: String, patterns: List<Regex> = SLEEP + SHORT): Boolean {
        val code = line.trim()
        val isCode = listOf("import ", "//", "*", "/*").none { code.startsWith(it) }
        return isCode && patterns.any { it.containsMatchIn(code) }
    }

    private fun name(file: Path) = file.relativeTo(ROOT).joinToString("/").replace(Regex("src/(test|main)/.*/"), "")

    /** How many lines of a file read a real clock, and why that cannot fail on a slow machine. */
    private class Allowed(val count: Int, @Suppress("unused") val why: String)

    private companion object {
        val ROOT: Path = Guides.ROOT
        val MODULES = listOf("", "binding", "providers", "transport", "testing", "samples")

        /** If a file contains one of these, its limits are those of a virtual clock. */
        val VIRTUAL = listOf("onVirtualTime", "runTest", "TestClock.start")

        val SLEEP = listOf(
            Regex("""Thread\.sleep|TimeUnit\.\w+\.sleep|\bsleep\("""),
            Regex("""currentTimeMillis|nanoTime\(|measureTime|TimeSource\.Monotonic"""),
            Regex("""@Timeout\((value = )?[1-5]?\d[,)](?!.*MINUTES)"""),
        )
        val SHORT = listOf(
            Regex("""of(Millis|Nanos)\(\d{1,3}\)"""),
            Regex("""(await\w*|processAll|blockLast|closeGracefully)\([^()]*Duration\.ofSeconds\(([1-9]|[12]\d)\)"""),
            Regex("""\b\d{1,3}\.(milli|micro|nano)seconds"""),
            Regex("""\b\d{1,3}, (TimeUnit\.)?(MILLI|MICRO|NANO)SECONDS"""),
            Regex("""(await|get|tryAcquire|poll|waitFor|orTimeout)\(([^()]*, )?[12]?\d, (TimeUnit\.)?SECONDS\)"""),
            Regex("""\.join\((\d{1,4}|[12]?\d_\d{3})\)"""),
            Regex("""--timeout=\d{1,3}ms"""),
        )

        const val PASSES = "a limit that must pass: nothing else ends the wait"
        const val LATE = "a delay that holds something back: a longer one changes nothing"
        const val STAMP = "a recorded time, compared with bounds of seconds only"
        const val PATIENCE = "how long the test waits for what must happen: a minute"
        const val VALUE = "a duration as a value: nothing waits for it"
        const val QUIET = "has the tag"

        val ALLOWED: Map<String, Allowed> = mapOf(
            "testing/contract/HandClock.kt" to Allowed(3, PATIENCE),
            "testing/contract/Idle.kt" to Allowed(2, PATIENCE),
            "testing/contract/SlowReaderContract.kt" to Allowed(1, PASSES),
            "testing/fake/DisconnectTest.kt" to Allowed(2, STAMP),
            "testing/fake/HoldTest.kt" to Allowed(3, LATE),
            "testing/fake/LoadTest.kt" to Allowed(2, QUIET),
            "testing/fake/ObservationTest.kt" to Allowed(1, PASSES),
            "testing/fake/ProcessTest.kt" to Allowed(3, PASSES),
            "transport/http/ConnectTimeoutTest.kt" to Allowed(1, PASSES),
            "transport/http/IdleConnectionTest.kt" to Allowed(2, PATIENCE),
            "transport/http/JdkTransportTest.kt" to Allowed(5, PASSES),
            "transport/http/OpeningTest.kt" to Allowed(3, PASSES),
            "transport/http/RateLimitHeadersTest.kt" to Allowed(1, VALUE),
            "transport/http/ResolverTest.kt" to Allowed(1, PASSES),
            "transport/http/RetryAfterTest.kt" to Allowed(1, VALUE),
            "transport/http/TlsTest.kt" to Allowed(1, PASSES),
            "testing/test/ExchangeRecorderTest.kt" to Allowed(2, STAMP),
            "testing/test/TestClockTest.kt" to Allowed(1, LATE),
            "samples/tests/AsyncCallbacksTest.kt" to Allowed(1, PASSES),
            "samples/tests/ConcurrentQueriesTest.kt" to Allowed(1, PASSES),
            "samples/tests/FlagsTest.kt" to Allowed(1, PASSES),
            "samples/tests/SwingAnswersTest.kt" to Allowed(1, QUIET),
            "sdk-core/LeakTest.kt" to Allowed(2, PATIENCE),
            "sdk-core/OutcomeTest.kt" to Allowed(2, VALUE),
            "sdk-java/CallCompositionTest.java" to Allowed(1, PASSES),
            "sdk-java/CallFutureStagesTest.java" to Allowed(2, PASSES),
            "sdk-java/CallFutureTest.java" to Allowed(3, PASSES),
            "sdk-java/CallTest.java" to Allowed(2, PASSES),
            "sdk-java/CallbackQueueTest.java" to Allowed(1, PASSES),
            "sdk-java/CancelSelfTest.kt" to Allowed(3, PASSES),
            "sdk-java/CancellationTest.java" to Allowed(1, PASSES),
            "sdk-java/CapturedLog.java" to Allowed(2, PATIENCE),
            "sdk-java/Cell.kt" to Allowed(2, STAMP),
            "sdk-java/CloseTest.java" to Allowed(1, PASSES),
            "sdk-java/ConnectingScenes.kt" to Allowed(2, STAMP),
            "sdk-java/ElasticPoolTest.java" to Allowed(1, PASSES),
            "sdk-java/Handle.kt" to Allowed(1, STAMP),
            "sdk-java/JavaHandles.java" to Allowed(3, PASSES),
            "sdk-java/LeakTest.java" to Allowed(2, PATIENCE),
            "sdk-java/LimiterTest.java" to Allowed(2, LATE),
            "sdk-java/MusterTest.java" to Allowed(1, PASSES),
            "sdk-java/OpenTelemetryTest.java" to Allowed(1, PASSES),
            "sdk-java/Phase.kt" to Allowed(1, LATE),
            "sdk-java/QueueScene.kt" to Allowed(1, STAMP),
            "sdk-java/RaceRows.kt" to Allowed(1, LATE),
            "sdk-java/Scene.kt" to Allowed(4, PATIENCE),
            "sdk-java/SlowReaderTest.java" to Allowed(1, PASSES),
            "sdk-java/TimeoutRows.kt" to Allowed(1, PASSES),
            "sdk-java/ToolRows.kt" to Allowed(1, LATE),
            "sdk-java/ToolScene.kt" to Allowed(1, STAMP),
            "sdk-java/WindowRows.kt" to Allowed(1, LATE),
        )
    }
}
