@file:OptIn(ExperimentalCoroutinesApi::class)

package dev.muster.concurrent

import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.test.runCurrent
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test

class OnceTest {
    private var runs = 0
    private var cancelled = 0
    private val once =
        Once {
            runs++
            try {
                delay(100)
            } catch (e: CancellationException) {
                cancelled++
                throw e
            }
            "value"
        }

    @Test
    fun `all who ask share one run, also later`() = onVirtualTime {
        assertEquals(List(100) { "value" }, List(100) { async { once.get() } }.awaitAll())
        assertEquals("value", once.get())
        assertEquals(1, runs)
    }

    @Test
    fun `a failure is shared too, the very instance`() = onVirtualTime {
        val failure = IllegalStateException("no")
        val failing = Once<String> { throw failure }
        repeat(2) { assertSame(failure, runCatchingAll { failing.get() }) }
    }

    @Test
    fun `one who is cancelled leaves the others alone, the one who started it too`() = onVirtualTime {
        val all = List(3) { async { once.get() } }
        runCurrent()
        all[0].cancel()
        assertEquals("value", all[1].await())
        assertEquals("value", all[2].await())
        assertEquals(1, runs)
        assertEquals(0, cancelled)
    }

    @Test
    fun `the last one who leaves cancels the run, and the next starts anew`() = onVirtualTime {
        val all = List(2) { async { once.get() } }
        runCurrent()
        all.forEach { it.cancel() }
        runCurrent()
        assertEquals(1, cancelled)
        assertEquals("value", once.get())
        assertEquals(2, runs)
    }
}
