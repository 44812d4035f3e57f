@file:OptIn(ExperimentalCoroutinesApi::class)

package dev.muster.concurrent

import dev.muster.batch.batch
import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import dev.muster.runCatchingAll
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test
import java.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class DeadlineTest {
    private val probe = Probe()

    @Test
    fun `B15 a deadline over a gather is one exception and cancels every call`() = onVirtualTime {
        val thrown = takes(1000) {
            runCatchingAll { deadline(1.seconds) { gather(1..5) { probe.call(it, 2000) } } }
        }
        val timeout = assertInstanceOf(LlmTimeoutException::class.java, thrown)
        assertEquals(TimeoutKind.DEADLINE, timeout.kind)
        assertEquals(Duration.ofSeconds(1), timeout.limit)
        assertEquals("Timed out after 1s", timeout.message)
        assertEquals(0, timeout.suppressed.size, "the cancellation is not the block's own failure")
        assertEquals(listOf(1, 2, 3, 4, 5), probe.cancelled)
        assertNoLiveChild()
    }

    @Test
    fun `B15 a deadline over a race and a batch cancels every call`() = onVirtualTime {
        val race = takes(1000) {
            runCatchingAll { deadline(1.seconds) { race({ probe.call(1, 2000) }, { probe.call(2, 2000) }) } }
        }
        assertInstanceOf(LlmTimeoutException::class.java, race)
        val batch = takes(1000) {
            runCatchingAll { deadline(1.seconds) { batch(1..20) { probe.call(it, 2000) } } }
        }
        assertInstanceOf(LlmTimeoutException::class.java, batch)
        assertEquals(10, probe.cancelled.size)
        assertEquals(0, probe.running)
    }

    @Test
    fun `B13 a fallback value is opted into by catching the timeout`() = onVirtualTime {
        suspend fun ask(latency: Long): String = try {
            deadline(Duration.ofSeconds(1)) { probe.call("answer", latency) }
        } catch (e: LlmTimeoutException) {
            "Query timed out after ${e.limit.toSeconds()}s"
        }
        assertEquals("Query timed out after 1s", takes(1000) { ask(2000) })
        assertEquals("answer", takes(900) { ask(900) })
    }

    @Test
    fun `B15 of nested deadlines the one that has passed throws`() = onVirtualTime {
        suspend fun nested(outer: Long, inner: Long) = runCatchingAll {
            deadline(outer.milliseconds) { deadline(inner.milliseconds) { awaitCancellation() } }
        } as LlmTimeoutException
        assertEquals(Duration.ofMillis(50), takes(50) { nested(outer = 100, inner = 50) }.limit)
        assertEquals(Duration.ofMillis(50), takes(50) { nested(outer = 50, inner = 100) }.limit)
    }

    @Test
    fun `B15 a kotlinx timeout around it passes unchanged`() = onVirtualTime {
        val thrown =
            takes(50) { runCatchingAll { withTimeout(50) { deadline(100.milliseconds) { awaitCancellation() } } } }
        assertInstanceOf(TimeoutCancellationException::class.java, thrown)
    }

    @Test
    fun `B15 a kotlinx timeout inside it stays the block's own exception`() = onVirtualTime {
        val thrown =
            takes(50) { runCatchingAll { deadline(100.milliseconds) { withTimeout(50) { awaitCancellation() } } } }
        assertInstanceOf(TimeoutCancellationException::class.java, thrown)
    }

    @Test
    fun `B15 what the block gives or throws in time goes through as it is`() = onVirtualTime {
        val boom = Boom()
        assertSame(boom, runCatchingAll { deadline(1.seconds) { throw boom } })
        assertNull(deadline(1.seconds) { null })
        assertEquals(1, deadline(kotlin.time.Duration.INFINITE) { 1 })
    }

    @Test
    fun `B15 what the block throws or gives after the deadline does not hide the timeout`() = onVirtualTime {
        val boom = Boom()
        val thrown = runCatchingAll {
            deadline(10.milliseconds) {
                try {
                    awaitCancellation()
                } finally {
                    throw boom
                }
            }
        }
        assertInstanceOf(LlmTimeoutException::class.java, thrown)
        assertEquals(listOf(boom), thrown.suppressed.toList())
        val swallowed = runCatchingAll {
            deadline(10.milliseconds) {
                try {
                    delay(100)
                } catch (_: CancellationException) {
                    "late"
                }
            }
        }
        assertInstanceOf(LlmTimeoutException::class.java, swallowed)
    }

    @Test
    fun `B15 what ends after the deadline without having waited does not hide it`() = onVirtualTime {
        val boom = Boom()
        val thrown = runCatchingAll {
            deadline(10.milliseconds) {
                advanceTimeBy(11.milliseconds)
                throw boom
            }
        }
        assertInstanceOf(LlmTimeoutException::class.java, thrown)
        assertEquals(listOf(boom), thrown.suppressed.toList())
        val late = runCatchingAll {
            deadline(10.milliseconds) {
                advanceTimeBy(11.milliseconds)
                "late"
            }
        }
        assertInstanceOf(LlmTimeoutException::class.java, late)
        assertEquals(
            "in time",
            deadline(10.milliseconds) {
                advanceTimeBy(9.milliseconds)
                "in time"
            },
        )
    }

    @Test
    fun `B15 of nested deadlines that pass before anything waits the one that has passed throws`() = onVirtualTime {
        suspend fun nested(outer: Long, inner: Long) = runCatchingAll {
            deadline(outer.milliseconds) {
                deadline(inner.milliseconds) {
                    advanceTimeBy(51.milliseconds)
                    throw Boom()
                }
            }
        }
        listOf(nested(outer = 100, inner = 50), nested(outer = 50, inner = 100)).forEach { thrown ->
            val timeout = assertInstanceOf(LlmTimeoutException::class.java, thrown)
            assertEquals(Duration.ofMillis(50), timeout.limit)
            assertInstanceOf(Boom::class.java, timeout.suppressed.single())
        }
    }

    @Test
    fun `B15 a deadline that is not positive has passed`() = onVirtualTime {
        listOf(0, -5).forEach { millis ->
            val thrown = runCatchingAll { deadline(millis.milliseconds) { probe.call(1, 1) } }
            assertInstanceOf(LlmTimeoutException::class.java, thrown)
        }
        assertEquals(emptyList<Any>(), probe.started)
    }

    @Test
    fun `B15 a branch that times out is one failure in a race`() = onVirtualTime {
        val winner = takes(200) {
            race({ deadline(50.milliseconds) { probe.call("slow", 1000) } }, { probe.call("ok", 200) })
        }
        assertEquals("ok", winner.value)
    }

    @Test
    fun `B26 cancelling the caller is no timeout`() = onVirtualTime {
        var thrown: Throwable? = null
        val job = launch { thrown = runCatchingAll { deadline(1.seconds) { awaitCancellation() } } }
        delay(10)
        job.cancelAndJoin()
        assertInstanceOf(CancellationException::class.java, thrown)
    }
}
