package dev.muster.concurrent

import dev.muster.runCatchingAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

class MapChunkedTest {
    private val probe = Probe()

    @Test
    fun `B8 eight by three run as 3, 3 and 2 with a barrier between`() = onVirtualTime {
        val uneven = listOf(400L, 100, 100, 100, 400, 100, 100, 100)
        val emitted = mutableListOf<String>()
        takes(900) {
            uneven.withIndex().mapChunked(3) { probe.call(it.index, it.value) }.collect {
                emitted += "$it at $now"
            }
        }
        assertEquals(
            listOf("0 at 400", "1 at 400", "2 at 400", "3 at 800", "4 at 800", "5 at 800", "6 at 900", "7 at 900"),
            emitted,
        )
        assertEquals(listOf(1, 2, 0, 3, 5, 4, 6, 7), probe.finished)
        assertEquals((0..7).toList<Any>(), probe.started)
        assertEquals(3, probe.peak)
    }

    @Test
    fun `B8 the next group is not pulled while the collector is busy`() = onVirtualTime {
        var pulled = 0
        flow { while (true) emit(pulled++) }.mapChunked(3) { delay(10) }.take(5).collect {
            delay(100)
            assertEquals(0, pulled % 3, "whole groups only")
        }
        assertEquals(6, pulled)
    }

    @Test
    fun `B8 a failure ends its group and is thrown after the earlier groups were emitted`() = onVirtualTime {
        val boom = Boom()
        val seen = mutableListOf<Int>()
        val thrown = takes(15) {
            runCatchingAll {
                (0..8).mapChunked(3) { if (it == 4) probe.call(it, 5) { throw boom } else probe.call(it, 10) }
                    .collect { seen += it }
            }
        }
        assertSame(boom, thrown)
        assertEquals(listOf(0, 1, 2), seen)
        assertEquals(listOf(3, 5), probe.cancelled)
        assertNoLiveChild()
    }

    @Test
    fun `B8 no items give no groups, a size below one is refused`() = onVirtualTime {
        assertEquals(emptyList<Int>(), emptyList<Int>().mapChunked(3) { it }.toList())
        assertThrows(IllegalArgumentException::class.java) { (1..3).mapChunked(0) { it } }
    }
}
