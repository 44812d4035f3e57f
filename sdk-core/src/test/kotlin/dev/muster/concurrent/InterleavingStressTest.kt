package dev.muster.concurrent

import dev.muster.batch.batch
import dev.muster.error.AllFailedException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.util.concurrent.CancellationException
import java.util.concurrent.atomic.AtomicInteger
import kotlin.random.Random

/** Random latencies, failures and cancellations on real threads; a failing run names its seed. */
class InterleavingStressTest {
    @Test
    fun `B26 whatever happens in which order, results are whole and nothing is left running`() = run(300)

    @Test
    @Tag("slow")
    fun `B26 the same, for longer`() = run(30_000)

    private fun run(rounds: Int) = runBlocking(Dispatchers.Default) {
        repeat(rounds) { seed ->
            try {
                Round(Random(seed)).play()
            } catch (e: AssertionError) {
                throw AssertionError("seed $seed: ${e.message}", e)
            }
        }
    }

    private class Round(private val random: Random) {
        private val running = AtomicInteger()
        private val peak = AtomicInteger()
        private val size = random.nextInt(1, 12)
        private val limit = random.nextInt(1, 5)
        private val failing = (0 until size).filter { random.nextInt(6) == 0 }.toSet()
        private val pauses = List(size) { random.nextInt(4) }
        private val take = random.nextInt(1, size + 1)

        suspend fun play() {
            val operator = operators[random.nextInt(operators.size)]
            if (random.nextInt(4) == 0) cancelMidway(operator) else operator()
            assertEquals(0, running.get(), "left running")
            if (operator in windowed) assertTrue(peak.get() <= limit, "${peak.get()} at once, limit $limit")
        }

        private suspend fun cancelMidway(operator: suspend () -> Unit) = withContext(Dispatchers.Default) {
            val begun = CompletableDeferred<Unit>()
            val job = launch {
                begun.complete(Unit)
                operator()
            }
            begun.await()
            repeat(random.nextInt(5)) { yield() }
            job.cancelAndJoin()
        }

        private suspend fun call(i: Int): Int {
            val now = running.incrementAndGet()
            peak.updateAndGet { maxOf(it, now) }
            try {
                repeat(pauses[i]) { yield() }
                if (pauses[i] == 3) delay(1)
                if (i in failing) throw Boom("$i")
                return i
            } finally {
                if (pauses[i] == 2) withContext(NonCancellable) { yield() }
                running.decrementAndGet()
            }
        }

        private val unbounded: List<suspend () -> Unit> = listOf(
            {
                val outcome = attempt { gather(0 until size, ::call) }
                if (failing.isEmpty()) assertEquals((0 until size).toList(), outcome) else assertTrue(outcome is Boom)
            },
            {
                val outcomes = gatherSettled(0 until size, ::call)
                assertEquals((0 until size).map { it !in failing }, outcomes.map { it.isSuccess })
            },
            {
                val outcome = attempt { race((0 until size).map { Branch("$it") { call(it) } }).value }
                if (failing.size < size) assertTrue(outcome !in failing) else assertTrue(outcome is AllFailedException)
            },
            {
                val first = selectFirst((0 until size).map { Branch("$it") { call(it) } })
                assertEquals(first.index !in failing, first.isSuccess)
            },
            {
                val all = asCompleted(0 until size, call = ::call).toList()
                assertEquals((0 until size).toList(), all.map { it.index }.sorted())
                assertEquals((size - 1 downTo 0).toList(), all.map { it.pending })
            },
            { asCompleted(0 until size, call = ::call).take(take).collect() },
        )

        /** No more than [limit] calls run at the same time, whatever happens. */
        private val windowed: List<suspend () -> Unit> = listOf(
            {
                val outcome = attempt { (0 until size).mapConcurrent(limit, transform = ::call).toList() }
                if (failing.isEmpty()) assertEquals((0 until size).toList(), outcome) else assertTrue(outcome is Boom)
            },
            {
                val outcome = attempt { (0 until size).mapConcurrentUnordered(limit, ::call).toList().sorted() }
                if (failing.isEmpty()) assertEquals((0 until size).toList(), outcome) else assertTrue(outcome is Boom)
            },
            { attempt { (0 until size).mapConcurrent(limit, transform = ::call).take(take).collect() } },
            { attempt { (0 until size).mapChunked(limit, ::call).take(take).collect() } },
            { attempt { (0 until size).mapConcurrent(limit, buffer = 0, ::call).collect { yield() } } },
            { attempt { (0 until size).mapConcurrentUnordered(limit, ::call).collect { yield() } } },
            { attempt { pipeline(0 until size).stage(limit, transform = ::call).stage(2) { it }.toList() } },
            { attempt { batch(0 until size, { concurrency(limit) }, ::call) } },
        )
        private val operators = unbounded + windowed

        private suspend fun attempt(block: suspend () -> Any): Any = try {
            block()
        } catch (e: CancellationException) {
            throw e
        } catch (e: Exception) {
            e
        }
    }
}
