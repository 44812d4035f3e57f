package dev.muster.concurrent

import dev.muster.error.AllFailedException
import dev.muster.error.CallInterruptedException
import dev.muster.error.ClientClosedException
import dev.muster.runCatchingAll
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.CancellationException

class RaceTest {
    private val probe = Probe()

    @Test
    fun `B4 the first success wins over an earlier failure`() = onVirtualTime {
        val winner = takes(200) {
            race(
                { probe.call("broken", 50) { throw Boom() } },
                { probe.call("fine", 200) },
                { probe.call("slow", 300) },
            )
        }
        assertEquals(RaceResult(1, "1", Duration.ofMillis(200), "fine"), winner)
        assertEquals(listOf("slow"), probe.cancelled)
        assertNoLiveChild()
    }

    @Test
    fun `B4 when all fail every cause is listed in the order of the branches`() = onVirtualTime {
        val slow = Boom("slow")
        val quick = Boom("quick")
        val thrown = takes(100) {
            runCatchingAll { race({ delay(100).also { throw slow } }, { delay(20).also { throw quick } }) }
        }
        val all = assertInstanceOf(AllFailedException::class.java, thrown)
        assertEquals(listOf(slow, quick), all.causes)
        assertEquals(listOf(slow, quick), all.suppressed.toList())
        assertSame(slow, all.cause)
    }

    @Test
    fun `B4 branches carry their labels, those without one their index`() = onVirtualTime {
        val labelled = race {
            branch("gpt") { probe.call("a", 300) }
            branch("claude") { probe.call("b", 100) }
        }
        assertEquals(RaceResult(1, "claude", Duration.ofMillis(100), "b"), labelled)
        assertEquals("0", race<Int> { branch { 7 } }.label)
        assertEquals("x", race(listOf(Branch("x") { 1 }, Branch(null) { awaitCancellation() })).label)
    }

    @Test
    fun `B4 losers have finished when race returns, and what they throw is dropped`() = onVirtualTime {
        var cleaned = false
        val winner = takes(130) {
            race(
                { probe.call(1, 100) },
                {
                    try {
                        awaitCancellation()
                    } finally {
                        withContext(NonCancellable) { delay(30) }
                        cleaned = true
                        throw Boom("while closing")
                    }
                },
            )
        }
        assertEquals(Duration.ofMillis(100), winner.elapsed)
        assertEquals(true, cleaned)
    }

    @Test
    fun `B4 of two successes at the same time the one that settled first wins`() = onVirtualTime {
        repeat(3) { assertEquals(0, race({ delay(100) }, { delay(100) }).index) }
        val order = race({ delay(40).also { delay(60) } }, { delay(100) })
        assertEquals(1, order.index)
    }

    @Test
    fun `B4 nothing to race is refused at the call`() = onVirtualTime {
        listOf<suspend () -> Any>({ race<Int>() }, { race<Int> { } }, { race(emptyList<Branch<Int>>()) }).forEach {
            assertInstanceOf(IllegalArgumentException::class.java, runCatchingAll { it() })
        }
    }

    @Test
    fun `B4 an inner timeout is a failure of its branch`() = onVirtualTime {
        val winner = takes(100) { race({ withTimeout(10) { awaitCancellation() } }, { delay(100).let { "ok" } }) }
        assertEquals("ok", winner.value)
        val all = runCatchingAll { race<Int> { branch { withTimeout(10) { awaitCancellation() } } } }
        assertInstanceOf(TimeoutCancellationException::class.java, (all as AllFailedException).causes.single())
    }

    @Test
    fun `B4 a cancellation of the user's own ends the race at once`() = onVirtualTime {
        listOf(CancellationException("mine"), CallInterruptedException("interrupted")).forEach { own ->
            val thrown = takes(20) {
                runCatchingAll { race({ delay(20).also { throw own } }, { probe.call("other", 100) }) }
            }
            assertSame(own, thrown)
        }
        assertEquals(listOf("other", "other"), probe.cancelled)
    }

    @Test
    fun `B4 a closed client ends the race at once`() = onVirtualTime {
        val closed = ClientClosedException("closed")
        val thrown = takes(20) {
            runCatchingAll { race({ delay(20).also { throw closed } }, { probe.call("other", 100) }) }
        }
        assertSame(closed, thrown)
        assertEquals(listOf("other"), probe.cancelled)
    }

    @Test
    fun `B26 cancelling a race cancels every branch`() = onVirtualTime {
        val job = launch { race({ probe.call(1, 100) }, { probe.call(2, 100) }) }
        delay(50)
        job.cancelAndJoin()
        assertEquals(listOf(1, 2), probe.cancelled)
        assertNoLiveChild()
    }
}
