package dev.muster.concurrent

import dev.muster.runCatchingAll
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.CancellationException

class SelectFirstTest {
    private val probe = Probe()

    @Test
    fun `B3 the first to settle is selected and the others are cancelled`() = onVirtualTime {
        val first =
            takes(100) { selectFirst({ probe.call("a", 300) }, { probe.call("b", 100) }, { probe.call("c", 200) }) }
        assertEquals(Completed(1, "1", "1", Duration.ofMillis(100), 2, Outcome.Success("b")), first)
        assertEquals(listOf("a", "c"), probe.cancelled)
        assertNoLiveChild()
    }

    @Test
    fun `B3 a fast failure is the outcome and is not thrown`() = onVirtualTime {
        val boom = Boom()
        val first = takes(50) {
            selectFirst {
                branch("broken") { probe.call(1, 50) { throw boom } }
                branch("fine") { probe.call(2, 100) }
            }
        }
        assertEquals("broken", first.item)
        assertSame(boom, first.outcome.exceptionOrNull())
        assertSame(boom, runCatchingAll { first.getOrThrow() })
        assertEquals(listOf(2), probe.cancelled)
    }

    @Test
    fun `B3 a cancellation of the user's own is an outcome`() = onVirtualTime {
        val own = CancellationException("mine")
        assertSame(own, selectFirst({ throw own }, { probe.call(1, 10) }).outcome.exceptionOrNull())
    }

    @Test
    fun `B3 nothing to select from is refused at the call`() = onVirtualTime {
        assertInstanceOf(IllegalArgumentException::class.java, runCatchingAll { selectFirst<Int>() })
        assertInstanceOf(IllegalArgumentException::class.java, runCatchingAll { selectFirst<Int> { } })
    }

    @Test
    fun `B7 a call, a timer, a tool and a channel stand side by side`() = onVirtualTime {
        val inbox = Channel<String>()
        suspend fun select(model: Long, timer: Long, tool: Long) = selectFirst {
            branch("model") { probe.call("answer", model) }
            branch("timer") { delay(timer).let { "too late" } }
            branch("tool") { probe.call("tool result", tool) }
            branch("channel") { inbox.receive() }
        }
        assertEquals("answer", select(model = 100, timer = 200, tool = 300).getOrThrow())
        assertEquals("too late", select(model = 300, timer = 200, tool = 300).getOrThrow())
        assertEquals("tool result", select(model = 300, timer = 200, tool = 100).getOrThrow())
        launch { delay(50).also { inbox.send("message") } }
        assertEquals("message", takes(50) { select(model = 300, timer = 200, tool = 100).getOrThrow() })
        assertEquals(0, probe.running)
        assertNoLiveChild()
    }
}
