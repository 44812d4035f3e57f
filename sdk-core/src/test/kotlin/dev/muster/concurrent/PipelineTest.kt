@file:OptIn(ExperimentalCoroutinesApi::class)

package dev.muster.concurrent

import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.test.currentTime
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class PipelineTest {
    private fun threeStages(concurrency: Int) = pipeline(listOf("a", "b", "c"))
        .stage(concurrency) { it.also { delay(100) } + "1" }
        .stage(concurrency) { it.also { delay(200) } + "2" }
        .stage(concurrency) { it.also { delay(150) } + "3" }

    @Test
    fun `B17 three items through three stages take 450 ms without a limit and 850 with one at a time`() =
        onVirtualTime {
            assertEquals(listOf("a123", "b123", "c123"), threeStages(Int.MAX_VALUE).toList())
            assertEquals(450, currentTime)
            threeStages(1).toList()
            assertEquals(450 + 850, currentTime)
        }

    @Test
    fun `B17 results keep the order of the items whatever each takes`() = onVirtualTime {
        val results = pipeline((1..20)).stage(4) {
            it.also { delay((it * 37L) % 11) }
        }.stage(3) { it.also { delay(7) } }
        assertEquals((1..20).toList(), results.toList())
    }

    @Test
    fun `B17 a failure in the second stage cancels all that runs upstream and is thrown as it is`() = onVirtualTime {
        var cancelled = 0
        val failure = IllegalStateException("stage 2")
        val thrown = runCatchingAll {
            pipeline((1..10).asFlow())
                .stage(5) {
                    if (it > 1) {
                        try {
                            awaitCancellation()
                        } catch (e: CancellationException) {
                            cancelled++
                            throw e
                        }
                    }
                    it
                }.stage(2) {
                    delay(50)
                    throw failure
                }.toList()
        }
        assertSame(failure, thrown)
        assertTrue(cancelled >= 4, "$cancelled were cancelled")
        assertEquals(50, currentTime)
    }

    @Test
    fun `B17 a failure in an earlier stage cancels all that runs behind it and is thrown as it is`() = onVirtualTime {
        val failure = IllegalStateException("stage 1")
        suspend fun firstStage(item: Int): Int {
            delay(50L * item)
            if (item == 3) throw failure
            return item
        }
        // When the third item fails, all later stages are busy with the first, and the second waits.
        for (stages in 1..3) {
            val watch = Probe()
            var pipeline = pipeline((1..10).asFlow()).stage(3) { firstStage(it) }
            repeat(stages) { stage ->
                val isLast = stage == stages - 1
                pipeline = pipeline.stage(1) { watch.call(it, if (isLast) 1000L else 1L) }
            }
            val start = currentTime
            assertSame(failure, runCatchingAll { pipeline.toList() })
            assertEquals(150, currentTime - start)
            assertEquals(0, watch.running)
            assertEquals(listOf(1), watch.cancelled)
        }
        assertNoLiveChild()
    }

    @Test
    fun `B17 a failure of the source cancels what runs in every stage and is thrown as it is`() = onVirtualTime {
        val failure = IllegalStateException("source")
        val watch = Probe()
        val source = flow {
            emit(1)
            emit(2)
            delay(10)
            throw failure
        }
        val thrown = runCatchingAll {
            pipeline(source).stage(9) { it }.stage(1) { watch.call(it, 1000) }.stage(1) { it }.toList()
        }
        assertSame(failure, thrown)
        assertEquals(10, currentTime)
        assertEquals(0, watch.running)
    }

    @Test
    fun `B17 a collector that is busy when a stage fails is left in peace`() = onVirtualTime {
        val failure = IllegalStateException("stage 1")
        var cameBack = false
        val thrown = runCatchingAll {
            pipeline((1..3)).stage(1) { if (it == 2) throw failure else it }.stage(1) { it }.asFlow().collect {
                delay(500)
                cameBack = true
            }
        }
        assertSame(failure, thrown)
        assertTrue(cameBack)
        // The same inside a stage whose code collects a failing flow.
        var inner = 0
        val result = pipeline(listOf(1)).stage(1) {
            runCatchingAll {
                listOf(1, 2).asFlow().mapConcurrent(1) { if (it == 2) throw failure else it }.collect {
                    delay(500)
                    inner++
                }
            }
        }.toList()
        assertSame(failure, result.single())
        assertEquals(1, inner)
    }

    @Test
    fun `B17 a slow collector holds up the source`() = onVirtualTime {
        var pulled = 0
        var ahead = 0
        var taken = 0
        pipeline((1..1000).asFlow().onEach { pulled++ })
            .stage(2, buffer = 0) { it }
            .stage(3, buffer = 0) { it }
            .asFlow()
            .take(50)
            .collect {
                taken++
                delay(10)
                ahead = maxOf(ahead, pulled - taken)
            }
        // Two and three items are running, and each stage holds one more.
        assertTrue(ahead in 2..7, "$ahead ahead")
        assertTrue(pulled < 60, "$pulled pulled")
    }

    @Test
    fun `B17 leaving early runs no further item`() = onVirtualTime {
        var begun = 0
        val some = pipeline((1..100)).stage(2) { it.also { begun++ } }.asFlow().take(3).toList()
        assertEquals(listOf(1, 2, 3), some)
        assertTrue(begun <= 10, "$begun begun")
    }

    @Test
    fun `a pipeline runs anew each time, and no stage works with less than one`() = onVirtualTime {
        val twice = pipeline(listOf(1, 2)).stage(1) { it * 2 }
        assertEquals(twice.toList(), twice.toList())
        assertThrows(IllegalArgumentException::class.java) { pipeline(listOf(1)).stage(0) { it } }
    }
}
