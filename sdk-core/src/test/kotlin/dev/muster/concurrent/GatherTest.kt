package dev.muster.concurrent

import dev.muster.runCatchingAll
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.future.await
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.IOException
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import kotlin.time.Duration.Companion.milliseconds

class GatherTest {
    private val probe = Probe()
    private val boom = Boom()

    @Test
    fun `B1 gather keeps input order and runs everything at once`() = onVirtualTime {
        val values = takes(300) { gather(listOf(300, 100, 200, 50, 300)) { probe.call(it, it.toLong()) } }
        assertEquals(listOf(300, 100, 200, 50, 300), values)
        assertEquals(5, probe.peak)
        assertNoLiveChild()
    }

    @Test
    fun `B1 gather of lambdas keeps their order`() = onVirtualTime {
        val values = takes(200) { gather({ probe.call("slow", 200) }, { probe.call("quick", 100) }) }
        assertEquals(listOf("slow", "quick"), values)
    }

    @Test
    fun `B1 the first failure in time is thrown, the very instance, and the siblings are cancelled`() = onVirtualTime {
        val thrown = takes(50) {
            runCatchingAll {
                gather(0..4) { i ->
                    when (i) {
                        0 -> probe.call(0, 100) { throw Boom("later") }
                        2 -> probe.call(2, 50) { throw boom }
                        else -> probe.call(i, 300)
                    }
                }
            }
        }
        assertSame(boom, thrown)
        assertEquals(listOf(0, 1, 3, 4), probe.cancelled)
        assertEquals(0, boom.suppressed.size)
        assertNoLiveChild()
    }

    @Test
    fun `B1 of two failures at the same time the one that settled first is thrown`() = onVirtualTime {
        val thrown = runCatchingAll {
            gather({
                delay(50.milliseconds).also { throw boom }
            }, { delay(50.milliseconds).also { throw Boom("second") } })
        }
        assertSame(boom, thrown)
    }

    @Test
    fun `B1 siblings have finished when gather throws and what they throw is suppressed`() = onVirtualTime {
        val onClose = IOException("close failed")
        val thrown = takes(70) {
            runCatchingAll {
                gather(
                    { delay(50).also { throw boom } },
                    {
                        try {
                            awaitCancellation()
                        } finally {
                            withContext(NonCancellable) { delay(20) }
                            throw onClose
                        }
                    },
                    { awaitCancellation() },
                )
            }
        }
        assertSame(boom, thrown)
        assertEquals(listOf(onClose), boom.suppressed.toList())
    }

    @Test
    fun `B1 one exception thrown by several calls is not suppressed by itself`() = onVirtualTime {
        val thrown = runCatchingAll {
            gather(1..3) {
                try {
                    delay(it * 10L)
                } finally {
                    throw boom
                }
            }
        }
        assertSame(boom, thrown)
        assertEquals(0, boom.suppressed.size)
    }

    @Test
    fun `B1 gather of nothing is an empty list`() = onVirtualTime {
        assertEquals(emptyList<Int>(), gather<Int>())
        assertEquals(emptyList<Int>(), gather(emptyList<Int>()) { it })
    }

    @Test
    fun `B1 null is a value`() = onVirtualTime {
        assertEquals(listOf(null, 1), gather({ null }, { 1 }))
    }

    @Test
    fun `B1 an item source that throws starts nothing`() = onVirtualTime {
        val items = Iterable { iterator { yield(1).also { throw boom } } }
        assertSame(boom, runCatchingAll { gather(items) { probe.call(it, 10) } })
        assertEquals(emptyList<Any>(), probe.started)
    }

    @Test
    fun `B1 a cancellation of the user's own is thrown while the caller stays active`() = onVirtualTime {
        val future = CompletableFuture<Int>().apply { cancel(true) }
        val thrown = takes(30) {
            runCatchingAll { gather({ probe.call(1, 1000) }, { delay(30).let { future.await() } }) }
        }
        assertInstanceOf(CancellationException::class.java, thrown)
        assertTrue(currentCoroutineContext().isActive)
        assertEquals(listOf(1), probe.cancelled)
    }

    @Test
    fun `B1 an inner withTimeout is a failure of its call`() = onVirtualTime {
        val thrown =
            takes(40) { runCatchingAll { gather({ probe.call(1, 1000) }, { withTimeout(40) { delay(100) } }) } }
        assertInstanceOf(TimeoutCancellationException::class.java, thrown)
        assertTrue(currentCoroutineContext().isActive)
    }

    @Test
    fun `B1 an Error ends the operator and is not an outcome`() = onVirtualTime {
        val gathered = runCatchingAll { gather({ probe.call(1, 50) }, { throw StackOverflowError() }) }
        assertInstanceOf(StackOverflowError::class.java, gathered)
        val settled = runCatchingAll { gatherSettled({ probe.call(2, 50) }, { throw StackOverflowError() }) }
        assertInstanceOf(StackOverflowError::class.java, settled)
        assertEquals(listOf(1, 2), probe.cancelled)
        assertEquals(0, probe.running)
    }

    @Test
    fun `B2 gatherSettled gives every outcome in input order and throws nothing`() = onVirtualTime {
        val outcomes = takes(300) {
            gatherSettled(0..4) { i ->
                if (i == 2) probe.call(i, 50) { throw boom } else probe.call(i, 300L - i)
            }
        }
        assertEquals(
            listOf(
                Outcome.Success(0),
                Outcome.Success(1),
                Outcome.Failure(boom),
                Outcome.Success(3),
                Outcome.Success(4),
            ),
            outcomes,
        )
        assertEquals(emptyList<Any>(), probe.cancelled)
    }

    @Test
    fun `B2 gatherSettled records a cancellation of the user's own and an inner timeout`() = onVirtualTime {
        val cancelled = CompletableDeferred<Int>().apply { cancel(CancellationException("mine")) }
        val outcomes = gatherSettled({ cancelled.await() }, { withTimeout(10) { delay(20).let { 1 } } }, { 3 })
        assertInstanceOf(CancellationException::class.java, outcomes[0].exceptionOrNull())
        assertInstanceOf(TimeoutCancellationException::class.java, outcomes[1].exceptionOrNull())
        assertEquals(Outcome.Success(3), outcomes[2])
    }

    @Test
    fun `B26 cancelling a gather of 50 leaves nothing running`() = onVirtualTime {
        val job = launch { gather(1..50) { probe.call(it, 1000) } }
        delay(100)
        assertEquals(50, probe.running)
        takes(0) { job.cancelAndJoin() }
        assertEquals(50, probe.cancelled.size)
        assertEquals(0, probe.running)
        assertNoLiveChild()
    }

    @Test
    fun `B26 gatherSettled does not take the caller's cancellation for an outcome`() = onVirtualTime {
        var after = false
        val job = launch {
            gatherSettled(1..5) { probe.call(it, 1000) }
            after = true
        }
        delay(100)
        job.cancelAndJoin()
        assertEquals(5, probe.cancelled.size)
        assertEquals(false, after)
    }
}
