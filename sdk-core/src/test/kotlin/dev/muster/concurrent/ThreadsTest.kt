package dev.muster.concurrent

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

/** Tests on real threads. Calls that wait for each other prove that they run at the same time. */
@Timeout(180)
class ThreadsTest {
    private val running = AtomicInteger()

    private fun onThreads(count: Int, test: suspend () -> Unit) {
        Executors.newFixedThreadPool(count).asCoroutineDispatcher().use { runBlocking(it) { test() } }
        assertEquals(0, running.get(), "calls that outlive their operator")
    }

    private suspend fun <T> counted(block: suspend () -> T): T {
        running.incrementAndGet()
        try {
            return block()
        } finally {
            running.decrementAndGet()
        }
    }

    private fun CyclicBarrier.meet() = await(60, TimeUnit.SECONDS)

    @Test
    fun `B1 all calls of a gather are under way at once`() = onThreads(4) {
        val barrier = CyclicBarrier(4)
        assertEquals(listOf(0, 1, 2, 3), gather(0..3) { counted { it.also { barrier.meet() } } })
    }

    @Test
    fun `B4 of branches that succeed at the same moment exactly one wins`() = onThreads(4) {
        repeat(500) {
            val barrier = CyclicBarrier(4)
            val winner = race(List(4) { i -> Branch("b$i") { counted { i.also { barrier.meet() } } } })
            assertEquals("b${winner.value}", winner.label)
            assertEquals(winner.value, winner.index)
            assertEquals(0, running.get())
        }
    }

    @Test
    fun `B4 losers on other threads have finished when race returns`() = onThreads(4) {
        repeat(500) {
            val started = List(3) { CompletableDeferred<Unit>() }
            val losers = started.map { Branch(null) { counted { it.complete(Unit).let { awaitCancellation() } } } }
            race(losers + Branch("winner") { started.forEach { it.await() } })
            assertEquals(0, running.get())
        }
    }

    @Test
    fun `B9 mapConcurrent has exactly its limit under way at once`() = onThreads(4) {
        val barrier = CyclicBarrier(3)
        val peak = AtomicInteger()
        val results = (0 until 30).mapConcurrent(3) { i ->
            counted {
                peak.accumulateAndGet(running.get(), ::maxOf)
                barrier.meet()
                i
            }
        }.toList()
        assertEquals((0 until 30).toList(), results)
        assertEquals(3, peak.get())
    }

    @Test
    fun `B11 leaving mapConcurrent on many threads leaves nothing running`() = onThreads(4) {
        repeat(300) {
            (0..100).mapConcurrentUnordered(8) { counted { it.also { yield() } } }.take(3).collect()
            assertEquals(0, running.get())
            (0..100).mapConcurrent(8) { counted { it.also { yield() } } }.take(3).collect()
            assertEquals(0, running.get())
        }
    }

    @Test
    fun `B9 no item slips in between the failure that ends a window and the cancellation`() = onThreads(4) {
        repeat(1_000) {
            val started = AtomicInteger()
            val full = CompletableDeferred<Unit>()
            val failure = gatherSettled({
                (0 until 10).mapConcurrent<Int, Unit>(3) {
                    if (started.incrementAndGet() == 3) full.complete(Unit)
                    if (it == 1) full.await().let { throw Boom() } else awaitCancellation()
                }.collect()
            }).single().exceptionOrNull()
            assertTrue(failure is Boom)
            assertEquals(3, started.get())
        }
    }

    @Test
    fun `B1 a hundred thousand calls are gathered in order`() = runBlocking(Dispatchers.Default) {
        val values = gather(0 until 100_000) { it.also { yield() } }
        assertEquals((0 until 100_000).toList(), values)
    }

    @Test
    @Tag("slow")
    @Timeout(300)
    fun `B1 a million calls are gathered in order`() = runBlocking(Dispatchers.Default) {
        assertEquals(1_000_000, gather(0 until 1_000_000) { it.also { yield() } }.last() + 1)
    }

    @Test
    fun `B1 a failure among a hundred thousand calls stops those not yet started`() = runBlocking(Dispatchers.Default) {
        val started = AtomicInteger()
        val thrown = withContext(Dispatchers.Default) {
            gatherSettled({
                gather(0 until 100_000) {
                    started.incrementAndGet()
                    if (it == 10) throw Boom() else awaitCancellation()
                }
            })
        }
        assertTrue(thrown.single().exceptionOrNull() is Boom)
        assertTrue(started.get() < 100_000, "started ${started.get()}")
    }
}
