package dev.muster.batch

import dev.muster.concurrent.Boom
import dev.muster.concurrent.Outcome
import dev.muster.concurrent.Probe
import dev.muster.concurrent.asCompleted
import dev.muster.concurrent.assertNoLiveChild
import dev.muster.concurrent.gather
import dev.muster.concurrent.gatherSettled
import dev.muster.concurrent.onVirtualTime
import dev.muster.concurrent.takes
import dev.muster.runCatchingAll
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger

class BatchTest {
    private val probe = Probe()
    private val boom = Boom()
    private val events = mutableListOf<String>()

    @Test
    fun `C15 ten items of which two fail give 8 and 2, in input order`() = onVirtualTime {
        val report = takes(150) {
            batch(1..10) { if (it == 3 || it == 7) probe.call(it, 50) { throw boom } else probe.call(it, 100) }
        }
        assertEquals(listOf(10, 8, 2), listOf(report.total, report.succeeded, report.failed))
        assertEquals((1..10).toList(), report.results.map { it.item })
        assertEquals(listOf(1, 2, 4, 5, 6, 8, 9, 10), report.values)
        assertEquals(listOf("2", "6"), report.failures.map { it.id })
        assertSame(boom, report.failures.first().outcome.exceptionOrNull())
        assertEquals(Duration.ofMillis(50), report.results[2].elapsed)
        assertEquals(Duration.ofMillis(150), report.elapsed)
        assertEquals("BatchReport(total=10, succeeded=8, failed=2, elapsed=PT0.15S)", "$report")
        assertEquals(8, probe.peak, "the default window")
    }

    @Test
    fun `C15 fail-fast throws the first failure, the very instance, and cancels the rest`() = onVirtualTime {
        val thrown = takes(120) {
            runCatchingAll {
                batch(1..10, { concurrency(4).failFast().onProgress { events += "$it" } }) {
                    if (it == 6) probe.call(it, 20) { throw boom } else probe.call(it, 100)
                }
            }
        }
        assertSame(boom, thrown)
        assertEquals(listOf(5, 7, 8), probe.cancelled)
        assertEquals((1..8).toList<Any>(), probe.started)
        assertEquals("5/10 (4 ok, 1 failed)", events.last())
        assertNoLiveChild()
    }

    @Test
    fun `C15 the next item starts when one ends`() = onVirtualTime {
        val uneven = listOf(400L, 100, 100, 100, 400, 100, 100, 100)
        val report = takes(500) { batch(uneven, { concurrency(3) }) { probe.call(it, it) } }
        assertEquals(uneven, report.values)
        assertEquals(3, probe.peak)
    }

    @Test
    fun `C15 ids and metadata come back with each result`() = onVirtualTime {
        val report = batch(listOf("a", "b"), { id { "item-$it" }.metadata { mapOf("upper" to it.uppercase()) } }) {
            it +
                it
        }
        assertEquals(listOf("item-a", "item-b"), report.results.map { it.id })
        assertEquals(listOf(mapOf("upper" to "A"), mapOf("upper" to "B")), report.results.map { it.metadata })
        val plain = batch(listOf("x")) { it }.results.single()
        assertEquals(BatchResult("0", 0, "x", emptyMap(), Outcome.Success("x"), Duration.ZERO), plain)
    }

    @Test
    fun `C15 two equal ids are refused, named, before anything starts`() = onVirtualTime {
        val thrown =
            runCatchingAll { batch(listOf("a", "bb", "cc"), { id { "len-${it.length}" } }) { probe.call(it, 10) } }
        assertInstanceOf(IllegalArgumentException::class.java, thrown)
        assertTrue("\"len-2\"" in thrown.message.orEmpty(), thrown.message)
        assertEquals(emptyList<Any>(), probe.started)
    }

    @Test
    fun `B16 progress counts each item once, in order, failures too`() = onVirtualTime {
        batch(1..5, { onProgress { events += "$it" } }) {
            if (it == 2) probe.call(it, 25) { throw boom } else probe.call(it, it * 10L)
        }
        assertEquals(
            listOf(
                "1/5 (1 ok, 0 failed)",
                "2/5 (1 ok, 1 failed)",
                "3/5 (2 ok, 1 failed)",
                "4/5 (3 ok, 1 failed)",
                "5/5 (4 ok, 1 failed)",
            ),
            events,
        )
    }

    @Test
    fun `B16 progress is told by one thread at a time, with each value once`() {
        val inside = AtomicInteger()
        val done = mutableListOf<Int>()
        runBlocking(Dispatchers.Default) {
            val tell = { value: Int ->
                assertEquals(1, inside.incrementAndGet())
                done += value
                inside.decrementAndGet()
            }
            batch(1..2000, { concurrency(16).onStart { tell(0) }.onProgress { tell(it.done) } }) { it }
        }
        assertEquals((1..2000).toList(), done.filter { it != 0 })
        assertEquals(2000, done.count { it == 0 })
    }

    @Test
    fun `C15 item events come in order, a result before its progress`() = onVirtualTime {
        val options = BatchOptions.builder<String>()
            .concurrency(1)
            .id { it }
            .onStart { events += "start ${it.id}" }
            .onResult { events += "end ${it.id} ${it.isSuccess}" }
            .onProgress { events += "${it.done}/${it.total}" }
            .build()
        batch(listOf("a", "b"), options) { probe.call(it, 10) }
        assertEquals(listOf("start a", "end a true", "1/2", "start b", "end b true", "2/2"), events)
    }

    @Test
    fun `C15 a consumer that throws ends the batch`() = onVirtualTime {
        val onStart = runCatchingAll {
            batch(1..9, { concurrency(2).onStart { if (it.index == 2) throw boom } }) { probe.call(it, 10) }
        }
        assertSame(boom, onStart)
        val onProgress = runCatchingAll { batch(1..9, { onProgress { throw IllegalStateException("mine") } }) { it } }
        assertInstanceOf(IllegalStateException::class.java, onProgress)
        assertEquals(0, probe.running)
    }

    @Test
    fun `C15 functions and consumers run on the given executor`() {
        val pool = Executors.newSingleThreadExecutor { Thread(it, "user-code") }
        fun note(what: String) = events.add("$what ${Thread.currentThread().name}")
        try {
            runBlocking {
                val options = BatchOptions.builder<Int>()
                    .executor(pool)
                    .id { "$it".also { note("id") } }
                    .onStart { note("start") }
                    .onResult { note("result") }
                    .onProgress { note("progress") }
                    .build()
                batch(listOf(1), options) { it }
            }
        } finally {
            pool.shutdownNow()
        }
        assertEquals(listOf("id", "start", "result", "progress").map { "$it user-code" }, events)
    }

    @Test
    fun `C15 an empty batch is an empty report`() = onVirtualTime {
        val report = batch(emptyList<Int>()) { it }
        assertEquals(0, report.total)
        assertEquals(emptyList<Int>(), report.values)
    }

    @Test
    fun `C16 an endless flow is pulled no further than the window ahead of a slow collector`() = onVirtualTime {
        var pulled = 0
        var collected = 0
        val endless = flow { while (true) emit(pulled++) }
        val results = endless.batch({ concurrency(3).onProgress { events += "$it" } }) { probe.call(it, 10) }
        val seen = results.onEach {
            collected++
            delay(1000)
            assertEquals(collected + 3, pulled)
        }.take(20).toList()
        assertEquals((0..19).map { "$it" }, seen.map { it.id })
        assertEquals(3, probe.peak)
        assertEquals(0, probe.running)
        assertEquals("1/? (1 ok, 0 failed)", events.first())
        assertNoLiveChild()
    }

    @Test
    fun `C16 a failing item of a flow is a result among the others, in the order of completion`() = onVirtualTime {
        val options = BatchOptions.builder<Int>().id { "id$it" }.metadata { mapOf("n" to "$it") }.build()
        val seen = flowOf(30, 20, 10).batch(options) {
            if (it == 20) probe.call(it, 20) { throw boom } else probe.call(it, it.toLong())
        }.toList()
        assertEquals(listOf("id10", "id20", "id30"), seen.map { it.id })
        assertEquals(listOf(2, 1, 0), seen.map { it.index })
        assertEquals(mapOf("n" to "20"), seen[1].metadata)
        assertSame(boom, seen[1].outcome.exceptionOrNull())
    }

    @Test
    fun `C16 a flow that fails fast throws the very instance behind the results before it`() = onVirtualTime {
        val seen = mutableListOf<Int>()
        val thrown = runCatchingAll {
            flowOf(10, 20, 30).batch({ failFast() }) {
                if (it == 20) probe.call(it, 20) { throw boom } else probe.call(it, it.toLong())
            }.collect { seen += it.item }
        }
        assertSame(boom, thrown)
        assertEquals(listOf(10), seen)
        assertEquals(listOf<Any>(30), probe.cancelled)
    }

    @Test
    fun `C16 what needs all items before it starts refuses those without an end`() = onVirtualTime {
        val endless = generateSequence(0) { it + 1 }.asIterable()
        val operators = mapOf<String, suspend () -> Unit>(
            "A batch with a report" to { batch(endless) { probe.call(it, 1) } },
            "gather" to { gather(endless) { probe.call(it, 1) } },
            "gatherSettled" to { gatherSettled(endless) { probe.call(it, 1) } },
            "asCompleted" to { asCompleted(endless) { probe.call(it, 1) }.collect() },
        )
        for ((name, run) in operators) {
            val thrown = runCatchingAll { run() }
            assertInstanceOf(IllegalArgumentException::class.java, thrown, name)
            assertTrue(thrown.message.orEmpty().startsWith("$name got more than 1000000 items"), thrown.message)
        }
        assertEquals(emptyList<Any>(), probe.started)
    }

    @Test
    fun `B26 a report whose caller is cancelled reads no further`() = onVirtualTime {
        var read = 0
        launch {
            val job = coroutineContext.job
            batch(generateSequence { (++read).also { if (it == 5) job.cancel() } }.asIterable()) { probe.call(it, 1) }
        }.join()
        assertEquals(5, read)
        assertEquals(emptyList<Any>(), probe.started)
    }

    @Test
    fun `B26 cancelling a batch leaves nothing running`() = onVirtualTime {
        val job = launch { batch(1..50) { probe.call(it, 100) } }
        delay(150)
        job.cancelAndJoin()
        assertEquals(8, probe.cancelled.size)
        assertEquals(0, probe.running)
        assertNoLiveChild()
    }

    @Test
    fun `options keep what was set, a window below one is refused`() {
        val options = BatchOptions.builder<Int>().concurrency(3).mode(BatchMode.FAIL_FAST).id { "$it" }.build()
        val copy = options.toBuilder().concurrency(4).build()
        assertEquals(listOf(4, BatchMode.FAIL_FAST), listOf(copy.concurrency, copy.mode))
        assertSame(options.id, copy.id)
        assertEquals(3, options.concurrency)
        val defaults = BatchOptions.builder<Int>().build()
        assertEquals(listOf(8, BatchMode.CONTINUE), listOf(defaults.concurrency, defaults.mode))
        assertNull(defaults.executor)
        assertThrows(IllegalArgumentException::class.java) { BatchOptions.builder<Int>().concurrency(0) }
    }
}
