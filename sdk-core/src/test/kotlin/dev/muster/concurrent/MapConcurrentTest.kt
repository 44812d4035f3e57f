package dev.muster.concurrent

import dev.muster.batch.batch
import dev.muster.facade.handedOver
import dev.muster.runCatchingAll
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.onCompletion
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.IOException

class MapConcurrentTest {
    private val probe = Probe()
    private val uneven = listOf(400L, 100, 100, 100, 400, 100, 100, 100)

    /** An endless source that counts what is pulled from it. */
    private var pulled = 0
    private val endless: Flow<Int> = flow { while (true) emit(pulled++) }

    @Test
    fun `B9 the next item starts when any running one ends, results keep input order`() = onVirtualTime {
        val seen = mutableListOf<Int>()
        takes(500) {
            uneven.withIndex().mapConcurrent(3) { probe.call(it.index, it.value) }.collect { seen += it }
        }
        assertEquals((0..7).toList(), seen)
        assertEquals(3, probe.peak)
        // 1 and 2 end at 100, 3 at 200, 5 at 300, 0 and 6 at 400, 4 and 7 at 500
        assertEquals(listOf(1, 2, 3, 5, 0, 6, 4, 7), probe.finished)
    }

    @Test
    fun `B9 a result is emitted as soon as its turn has come`() = onVirtualTime {
        val seen = mutableListOf<String>()
        listOf(200L, 100, 300).withIndex().mapConcurrent(3) { probe.call(it.index, it.value) }.collect {
            seen += "$it at $now"
        }
        assertEquals(listOf("0 at 200", "1 at 200", "2 at 300"), seen)
    }

    @Test
    fun `B9 behind a slow item at most buffer results wait`() = onVirtualTime {
        val gate = CompletableDeferred<Unit>()
        val job = launch {
            endless.mapConcurrent(3, buffer = 4) { if (it == 0) gate.await() else delay(10) }.take(10).collect()
        }
        delay(1000)
        // 0 runs, 4 wait and have freed their slots, 2 more wait and keep theirs
        assertEquals(7, pulled)
        gate.complete(Unit)
        job.join()
        val again = Probe()
        pulled = 0
        launch { endless.mapConcurrent(3) { if (it == 0) delay(500) else again.call(it, 10) }.first() }.join()
        assertEquals(9, pulled)
    }

    @Test
    fun `B10 a slow collector is never more than the limit behind`() = onVirtualTime {
        var collected = 0
        endless.mapConcurrentUnordered(3) { probe.call(it, 10) }.take(20).collect {
            collected++
            delay(1000)
            assertEquals(collected + 3, pulled)
        }
        assertEquals(3, probe.peak)
        assertEquals(0, probe.running)
    }

    @Test
    fun `B10 in input order too a slow collector is never more than the limit behind`() = onVirtualTime {
        var collected = 0
        endless.mapConcurrent(3) { probe.call(it, 10) }.take(20).collect {
            collected++
            delay(1000)
            assertEquals(collected + 3, pulled)
        }
        assertEquals(3, probe.peak)
    }

    @Test
    fun `B10 a value that is ready keeps its place until another thread has taken it`() = onVirtualTime {
        val windows = mapOf<String, Flow<Int>.() -> Flow<Any>>(
            "in order" to { mapConcurrent(3) { probe.call(it, 10) } },
            "unordered" to { mapConcurrentUnordered(3) { probe.call(it, 10) } },
            "batch" to { batch({ concurrency(3) }) { probe.call(it, 10) } },
        )
        for ((name, window) in windows) {
            pulled = 0
            val taken = Channel<Any>(Channel.RENDEZVOUS)
            val job = launch { handedOver(endless.window()).collect { taken.send(it) } }
            for (count in 0..5) {
                delay(1000)
                assertEquals(count + 3, pulled, name)
                taken.receive()
            }
            job.cancelAndJoin()
        }
        assertEquals(3, probe.peak)
    }

    @Test
    fun `B10 a buffer behind the window takes what it holds and one that waits for it`() = onVirtualTime {
        var collected = 0
        endless.mapConcurrentUnordered(3) { probe.call(it, 10) }.buffer(2).take(20).collect {
            collected++
            delay(1000)
            assertEquals(collected + 3 + 2 + 1, pulled)
        }
        assertEquals(3, probe.peak)
    }

    @Test
    fun `B10 a quick collector keeps the window full`() = onVirtualTime {
        takes(40) { (1..12).mapConcurrentUnordered(3) { probe.call(it, 10) }.collect() }
        takes(40) { (1..12).mapConcurrent(3) { probe.call(it, 10) }.collect() }
        assertEquals(3, probe.peak)
    }

    @Test
    fun `B10 unordered results come as they are ready`() = onVirtualTime {
        val seen =
            takes(500) { uneven.withIndex().mapConcurrentUnordered(3) { probe.call(it.index, it.value) }.toList() }
        assertEquals(listOf(1, 2, 3, 5, 0, 6, 4, 7), seen)
        assertEquals(3, probe.peak)
    }

    @Test
    fun `B10 an iterable is asked for an item only when it can start`() = onVirtualTime {
        val lazily = Iterable { iterator { while (true) yield(pulled++) } }
        lazily.mapConcurrentUnordered(2) { delay(10) }.take(4).collect()
        assertTrue(pulled <= 6, "pulled $pulled")
        pulled = 0
        lazily.mapConcurrent(2) { delay(10) }.take(4).collect()
        assertTrue(pulled <= 6, "pulled $pulled")
    }

    @Test
    fun `B11 stopping after 2 of 10 has started at most 5 and cancels what is in flight`() = onVirtualTime {
        val two = (0..9).mapConcurrent(3) { probe.call(it, 100L + it) }.take(2).toList()
        assertEquals(listOf(0, 1), two)
        assertEquals(listOf(0, 1, 2, 3), probe.started)
        assertEquals(listOf(2, 3), probe.cancelled)
        assertEquals(0, probe.running)
        val other = Probe()
        (0..9).mapConcurrentUnordered(3) { other.call(it, 100) }.take(2).collect()
        assertTrue(other.started.size <= 5, "started ${other.started}")
        assertEquals(0, other.running)
        assertNoLiveChild()
    }

    @Test
    fun `B11 the source ends too when the collector leaves`() = onVirtualTime {
        var sourceEnded = false
        endless.onCompletion { sourceEnded = true }.mapConcurrent(2) { delay(10) }.first()
        assertTrue(sourceEnded)
    }

    @Test
    fun `B9 the first failure in time cancels the rest and is thrown, the very instance`() = onVirtualTime {
        val boom = Boom()
        val maps = listOf<Flow<Int>.(suspend (Int) -> Int) -> Flow<Int>>(
            { mapConcurrent(3, transform = it) },
            { mapConcurrentUnordered(3, transform = it) },
        )
        maps.forEach { map ->
            val watch = Probe()
            val thrown = takes(50) {
                runCatchingAll {
                    (0..9).asFlow().map {
                        if (it ==
                            1
                        ) {
                            watch.call(it, 50) { throw boom }
                        } else {
                            watch.call(it, 100)
                        }
                    }.collect()
                }
            }
            assertSame(boom, thrown)
            assertEquals(listOf(0, 2), watch.cancelled)
            assertEquals(0, watch.running)
        }
    }

    @Test
    fun `B9 what had settled before a failure is emitted, a busy collector is not interrupted`() = onVirtualTime {
        val boom = Boom()
        val seen = mutableListOf<Int>()
        val thrown = takes(1010) {
            runCatchingAll {
                (0..2).mapConcurrentUnordered(3) {
                    if (it ==
                        2
                    ) {
                        delay(20).let { throw boom }
                    } else {
                        delay(10).let { _ -> it }
                    }
                }
                    .collect {
                        if (it == 0) delay(1000)
                        seen += it
                    }
            }
        }
        assertSame(boom, thrown)
        assertEquals(listOf(0, 1), seen)
    }

    @Test
    fun `B9 a failing source cancels what runs and is thrown, the very instance`() = onVirtualTime {
        val broken = IOException("source")
        val source = flow {
            emit(1)
            emit(2)
            delay(30)
            throw broken
        }
        val thrown = takes(30) { runCatchingAll { source.mapConcurrent(5) { probe.call(it, 100) }.collect() } }
        assertSame(broken, thrown)
        assertEquals(listOf(1, 2), probe.cancelled)
    }

    @Test
    fun `B9 an Error ends the flow`() = onVirtualTime {
        val thrown = runCatchingAll { (1..3).mapConcurrent(2) { throw OutOfMemoryError("test") }.collect() }
        assertTrue(thrown is OutOfMemoryError)
    }

    @Test
    fun `B9 in whichever order calls end, no more than the limit run at the same time`() = onVirtualTime {
        for (latencies in permutations(listOf(10L, 20, 30, 40, 50))) {
            val maps = listOf<suspend (suspend (Int) -> Int) -> List<Int>>(
                { call -> latencies.indices.mapConcurrent(2, transform = call).toList() },
                { call -> latencies.indices.mapConcurrent(2, buffer = 0, transform = call).toList() },
                { call -> latencies.indices.mapConcurrentUnordered(2, call).toList() },
                { call -> latencies.indices.mapChunked(2, call).toList() },
                { call -> pipeline(latencies.indices).stage(2, transform = call).stage(1) { it }.toList() },
                { call -> batch(latencies.indices, { concurrency(2) }, call).values() },
            )
            for (map in maps) {
                val watch = Probe()
                map { watch.call(it, latencies[it]) }
                assertEquals(2, watch.peak, "$latencies")
                assertEquals(latencies.size, watch.finished.size)
            }
        }
    }

    private fun <T> permutations(of: List<T>): List<List<T>> = if (of.isEmpty()) {
        listOf(emptyList())
    } else {
        of.flatMap { first ->
            permutations(of - first).map {
                listOf(first) +
                    it
            }
        }
    }

    @Test
    fun `B9 null results keep their place`() = onVirtualTime {
        assertEquals(listOf(null, 1, null), listOf(null, 1, null).mapConcurrent(2) { it }.toList())
    }

    @Test
    fun `B9 a limit below one is refused at the call`() {
        assertThrows(IllegalArgumentException::class.java) { (1..3).mapConcurrent(0) { it } }
        assertThrows(IllegalArgumentException::class.java) { (1..3).mapConcurrent(1, buffer = -1) { it } }
        assertThrows(IllegalArgumentException::class.java) { (1..3).mapConcurrentUnordered(0) { it } }
    }

    @Test
    fun `B26 cancelling the collector leaves nothing running`() = onVirtualTime {
        val job = launch { endless.mapConcurrent(3) { probe.call(it, 100) }.onEach { delay(5000) }.collect() }
        delay(1050)
        job.cancelAndJoin()
        assertEquals(0, probe.running)
        assertNoLiveChild()
    }
}
