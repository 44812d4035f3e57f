@file:OptIn(ExperimentalCoroutinesApi::class)

package dev.muster.concurrent

import dev.muster.error.AuthenticationException
import dev.muster.error.ProviderException
import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.test.currentTime
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration.ofMillis

class HedgeTest {
    private var started = 0
    private var cancelled = 0

    /** Copy n takes as many milliseconds as entry n of [latencies]. If the entry is negative, it then fails. */
    private fun copies(
        vararg latencies: Long,
        failure: () -> Throwable = { ProviderException("500") },
    ): suspend () -> Int = {
        val number = started++
        try {
            delay(kotlin.math.abs(latencies[number]))
        } catch (e: CancellationException) {
            cancelled++
            throw e
        }
        if (latencies[number] < 0) throw failure()
        number
    }

    private fun always(millis: Long) = Hedge.builder().delay(ofMillis(millis)).maxExtra(1.0).build()

    @Test
    fun `B31 a slow call gets a second copy, the first success wins and the other is cancelled`() = onVirtualTime {
        assertEquals(1, hedge(always(100), copies(1000, 50)))
        assertEquals(150, currentTime)
        assertEquals(1, cancelled)
    }

    @Test
    fun `B31 a call in time has no second copy`() = onVirtualTime {
        assertEquals(0, hedge(always(100), copies(90)))
        assertEquals(90, currentTime)
        assertEquals(1, started)
    }

    @Test
    fun `B31 the first may win after the second has begun`() = onVirtualTime {
        assertEquals(0, hedge(always(100), copies(120, 500)))
        assertEquals(120, currentTime)
        assertEquals(1, cancelled)
    }

    @Test
    fun `B31 where the first fails with what may pass the second starts at once`() = onVirtualTime {
        assertEquals(1, hedge(always(100), copies(-10, 50)))
        assertEquals(60, currentTime)
    }

    @Test
    fun `B31 what will not pass ends it`() = onVirtualTime {
        val refused = AuthenticationException("401")
        assertSame(refused, runCatchingAll { hedge(always(100), copies(-10, 50) { refused }) })
        assertEquals(1, started)
    }

    @Test
    fun `B31 where both fail the first failure is thrown, with the second`() = onVirtualTime {
        val failures = ArrayDeque(listOf(ProviderException("a"), ProviderException("b")))
        val e = runCatchingAll { hedge(always(100), copies(-10, -10) { failures.removeFirst() }) }
        assertEquals("a", e.message)
        assertEquals(listOf("b"), e.suppressed.map { it.message })
    }

    @Test
    fun `B31 second copies stay within their share`() = onVirtualTime {
        val hedge = Hedge.after(ofMillis(10))
        repeat(400) { hedge(hedge) { delay(1000) } }
        assertEquals(20, hedge.extraCalls)
        assertEquals(380, hedge.withheld)
        assertEquals(400_000, currentTime)
    }

    @Test
    fun `B31 the very first call has a second copy, by default`() = onVirtualTime {
        assertEquals(1, hedge(Hedge.after(ofMillis(100)), copies(1000, 50)))
        assertEquals(150, currentTime)
    }

    @Test
    fun `B31 the first ten copies need no share, and count in it`() = onVirtualTime {
        val hedge = Hedge.after(ofMillis(10))
        val copied = (1..240).filter {
            val before = hedge.extraCalls
            hedge(hedge) { delay(1000) }
            hedge.extraCalls > before
        }
        assertEquals((1..10) + listOf(220, 240), copied)
        assertEquals(228, hedge.withheld)
    }

    @Test
    fun `B31 over any thousand calls there are no more copies than the cap, but for the first ten`() = onVirtualTime {
        for (share in listOf(0.001, 0.05, 0.5, 1.0)) {
            val hedge = Hedge.builder().delay(ofMillis(10)).maxExtra(share).build()
            val copied = ArrayDeque<Boolean>()
            repeat(2500) { number ->
                val before = hedge.extraCalls
                hedge(hedge) { delay(1000) }
                copied += hedge.extraCalls > before
                if (copied.size > 1000) copied.removeFirst()
                val free = if (number < 1010) 10 else 0
                assertTrue(copied.count { it } <= share * 1000 + free, "$share: ${copied.count { it }} at call $number")
            }
            assertTrue(hedge.extraCalls <= share * 2500 + 10)
            assertTrue(hedge.extraCalls >= share * 2500 - 1)
        }
    }

    @Test
    fun `B31 a failure that may pass has a copy while there is a share, and its own end where there is none`() =
        onVirtualTime {
            val hedge = Hedge.after(ofMillis(100))
            var calls = 0
            val ended = List(12) {
                runCatchingAll {
                    var copy = 0
                    hedge(hedge) {
                        calls++
                        if (copy++ == 0) throw ProviderException("503") else error("second")
                    }
                }
            }
            assertEquals(22, calls)
            assertEquals(2, hedge.withheld)
            assertEquals(2, ended.count { it is ProviderException })
        }

    @Test
    fun `B31 with a share of nothing the first is awaited, and its failure is its own`() = onVirtualTime {
        val none = Hedge.builder().delay(ofMillis(10)).maxExtra(0.0).build()
        val failure = ProviderException("500")
        assertEquals(0, hedge(none, copies(50)))
        assertSame(failure, runCatchingAll { hedge(none, copies(0, -50) { failure }) })
        assertEquals(0, failure.suppressed.size)
        assertEquals(2, started)
    }

    @Test
    fun `B31 the slow mode of a bimodal server is cut off by what was learned`() = onVirtualTime {
        val hedge = Hedge.builder().percentile(0.95).maxExtra(0.1).build()
        assertNull(hedge.delay)
        val latencies = (0 until 1000).map { number ->
            val before = currentTime
            var copy = 0
            hedge(hedge) { delay(if (number % 25 == 24 && copy++ == 0) 5000 else 100) }
            currentTime - before
        }
        val later = latencies.drop(100).sorted()
        assertTrue(later[(later.size * 0.99).toInt()] < 1000, "p99 is ${later[(later.size * 0.99).toInt()]} ms")
        assertTrue(hedge.extraCalls <= 100, "${hedge.extraCalls} extra calls")
    }

    @Test
    fun `B26 cancelling the caller cancels both copies`() = onVirtualTime {
        val running = async { hedge(always(100), copies(1000, 1000)) }
        delay(200)
        running.cancel()
        running.join()
        assertEquals(2, started)
        assertEquals(2, cancelled)
    }

    @Test
    fun `settings that make no sense are refused`() {
        listOf<() -> Any>(
            { Hedge.builder().build() },
            { Hedge.after(ofMillis(-1)) },
            { Hedge.builder().percentile(1.0) },
            { Hedge.builder().maxExtra(1.1) },
        ).forEach { assertThrows(IllegalArgumentException::class.java) { it() } }
    }
}
