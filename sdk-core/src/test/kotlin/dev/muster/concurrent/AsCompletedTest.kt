package dev.muster.concurrent

import dev.muster.runCatchingAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.CancellationException

class AsCompletedTest {
    private val probe = Probe()
    private val latencies = listOf("Long" to 300L, "Medium" to 200L, "Quick" to 100L)

    @Test
    fun `B5 the fastest comes first, with index, item, label and elapsed`() = onVirtualTime {
        val all = takes(300) {
            asCompleted(latencies, label = { it.first }) { probe.call(it.first, it.second) }.toList()
        }
        fun expected(index: Int, millis: Long, pending: Int): Completed<Pair<String, Long>, String> {
            val item = latencies[index]
            return Completed(index, item, item.first, Duration.ofMillis(millis), pending, Outcome.Success(item.first))
        }
        assertEquals(listOf(expected(2, 100, 2), expected(1, 200, 1), expected(0, 300, 0)), all)
    }

    @Test
    fun `B6 pending counts down round by round, each result is seen when it is there`() = onVirtualTime {
        val rounds = mutableListOf<String>()
        val start = now
        asCompleted(latencies) { probe.call(it.first, it.second) }.collect {
            rounds += "${now - start}: ${it.label} pending ${it.pending}"
        }
        assertEquals(listOf("100: 2 pending 2", "200: 1 pending 1", "300: 0 pending 0"), rounds)
    }

    @Test
    fun `B5 leaving early cancels the rest, which have finished when collect returns`() = onVirtualTime {
        val first = takes(100) { asCompleted(latencies) { probe.call(it.first, it.second) }.first() }
        assertEquals("Quick", first.getOrThrow())
        assertEquals(listOf("Long", "Medium"), probe.cancelled)
        assertNoLiveChild()
    }

    @Test
    fun `B11 take 2 of 10 cancels the other 8`() = onVirtualTime {
        val two = takes(20) { asCompleted(1..10) { probe.call(it, it * 10L) }.take(2).map { it.item }.toList() }
        assertEquals(listOf(1, 2), two)
        assertEquals(8, probe.cancelled.size)
        assertEquals(0, probe.running)
    }

    @Test
    fun `B5 a collector that throws cancels the rest`() = onVirtualTime {
        val thrown = runCatchingAll {
            asCompleted(latencies) { probe.call(it.first, it.second) }.collect { throw Boom() }
        }
        assertInstanceOf(Boom::class.java, thrown)
        assertEquals(listOf("Long", "Medium"), probe.cancelled)
    }

    @Test
    fun `B5 a failing item is an outcome and stops no other`() = onVirtualTime {
        val boom = Boom()
        val own = CancellationException("mine")
        val all = asCompleted(0..3) {
            when (it) {
                0 -> probe.call(0, 30) { throw boom }
                1 -> probe.call(1, 20) { throw own }
                2 -> withTimeout(10) { awaitCancellation() }
                else -> probe.call(3, 40)
            }
        }.toList()
        assertEquals(listOf(2, 1, 0, 3), all.map { it.index })
        assertSame(own, all[1].outcome.exceptionOrNull())
        assertSame(boom, all[2].outcome.exceptionOrNull())
        assertEquals(listOf(false, false, false, true), all.map { it.isSuccess })
    }

    @Test
    fun `B5 the flow is cold and starts anew for each collector`() = onVirtualTime {
        val flow = asCompleted(1..2) { probe.call(it, 10) }
        delay(100)
        assertEquals(emptyList<Any>(), probe.started)
        flow.collect()
        flow.collect()
        assertEquals(listOf(1, 2, 1, 2), probe.started)
    }

    @Test
    fun `B5 a slow collector slows no call down`() = onVirtualTime {
        takes(310) { asCompleted(1..3) { probe.call(it, it * 10L) }.onEach { delay(100) }.collect() }
        assertEquals(listOf(1, 2, 3), probe.finished)
        takes(1) { asCompleted(1..3) { probe.call(it, 1) }.collect() }
    }

    @Test
    fun `B5 a label that throws starts nothing, no items give an empty flow`() = onVirtualTime {
        val boom = Boom()
        val labelled = asCompleted(1..2, label = { throw boom }) { probe.call(it, 10) }
        assertSame(boom, runCatchingAll { labelled.collect() })
        assertEquals(emptyList<Any>(), probe.started)
        assertEquals(0, asCompleted(emptyList<Int>()) { it }.toList().size)
    }

    @Test
    fun `B26 cancelling the collector cancels every call`() = onVirtualTime {
        val job = launch { asCompleted(1..5) { probe.call(it, 100) }.collect() }
        delay(50)
        job.cancelAndJoin()
        assertEquals(5, probe.cancelled.size)
        assertNoLiveChild()
    }
}
