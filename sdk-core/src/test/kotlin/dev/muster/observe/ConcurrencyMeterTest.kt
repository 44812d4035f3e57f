package dev.muster.observe

import dev.muster.concurrent.Boom
import dev.muster.concurrent.gather
import dev.muster.concurrent.gatherSettled
import dev.muster.concurrent.onVirtualTime
import dev.muster.runCatchingAll
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration

class ConcurrencyMeterTest {
    private val meter = ConcurrencyMeter()

    @Test
    fun `B28 calls of 100, 300 and 500 ms at once are 1,8 times as fast`() = onVirtualTime {
        gather(listOf(100L, 300L, 500L)) { meter.measure { delay(it) } }
        val report = meter.report()
        assertEquals(Duration.ofMillis(500), report.wall)
        assertEquals(Duration.ofMillis(900), report.sum)
        assertEquals(Duration.ofMillis(300), report.average)
        assertEquals(1.8, report.speedUp, 1e-9)
        assertEquals(listOf(3, 3, 0), listOf(report.peak, report.calls, report.failures))
        assertEquals(
            "3 calls (0 failed): wall 0.50 s, sum 0.90 s, average 0.30 s, speed-up 1.8x, peak 3",
            "$report",
        )
        assertEquals(
            """
            Calls             3 (0 failed)
            Wall time         0.50 s
            Sum of latencies  0.90 s
            Average latency   0.30 s
            Speed-up          1.8x
            Peak in flight    3
            """.trimIndent(),
            report.format(),
        )
    }

    @Test
    fun `B28 the peak stays, the wall time goes on, when fewer calls follow`() = onVirtualTime {
        gather(1..3) { meter.measure { delay(100) } }
        meter.measure { delay(100) }
        assertEquals(3, meter.report().peak)
        assertEquals(2.0, meter.report().speedUp, 1e-9)
    }

    @Test
    fun `B28 one after another gains nothing`() = onVirtualTime {
        repeat(3) { meter.measure { delay(100) } }
        assertEquals(1.0, meter.report().speedUp, 1e-9)
        assertEquals(1, meter.report().peak)
    }

    @Test
    fun `B28 failures count, cancelled calls do not count as failures, both go through`() = onVirtualTime {
        val boom = Boom()
        assertSame(boom, runCatchingAll { meter.measure { throw boom } })
        val job = launch { meter.measure { delay(1000) } }
        delay(100)
        assertEquals(Duration.ofMillis(100), meter.report().wall)
        job.cancelAndJoin()
        assertTrue(job.isCancelled)
        val report = meter.report()
        assertEquals(listOf(2, 1), listOf(report.calls, report.failures))
        assertEquals(Duration.ofMillis(100), report.sum)
    }

    @Test
    fun `B28 a handle ends once, and is a failure where it was only closed`() {
        meter.begin().use { it.succeed() }
        meter.begin().use { }
        val cancelled = meter.begin()
        cancelled.cancel()
        cancelled.fail()
        val report = meter.report()
        assertEquals(listOf(3, 1, 1), listOf(report.calls, report.failures, report.peak))
        assertTrue(report.sum <= report.wall)
    }

    @Test
    fun `B28 no call gives zeros`() {
        val report = meter.report()
        assertEquals(Duration.ZERO, report.average)
        assertEquals(1.0, report.speedUp)
        assertEquals(0, report.calls)
    }

    @Test
    fun `B28 many threads lose no call`() = runBlocking(Dispatchers.Default) {
        gatherSettled(1..5000) { meter.measure { check(it % 5 != 0) } }
        val report = meter.report()
        assertEquals(listOf(5000, 1000), listOf(report.calls, report.failures))
    }
}
