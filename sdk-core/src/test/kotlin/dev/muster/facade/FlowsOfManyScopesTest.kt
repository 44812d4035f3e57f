@file:OptIn(InternalMusterApi::class)

package dev.muster.facade

import dev.muster.annotation.InternalMusterApi
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.util.concurrent.ForkJoinPool
import kotlin.coroutines.EmptyCoroutineContext

/**
 * A flow may emit from one scope after another. Who sends its elements to a channel must not take the end of a scope
 * for its own cancellation, as kotlinx.coroutines' own `send` does where it is woken at the moment it begins to wait.
 */
@Timeout(180)
class FlowsOfManyScopesTest {
    private val elements = flow { repeat(COUNT) { coroutineScope { emit(it) } } }

    @ParameterizedTest
    @ValueSource(ints = [0, 1])
    fun `a running flow gives all elements`(ahead: Int) {
        val running = running(elements, ahead, EmptyCoroutineContext)
        var next = 0
        while (true) {
            // Without a pause: the sender has to be woken while it goes to sleep.
            val element = running.elements.tryReceive()
            if (element.isSuccess) assertEquals(next++, element.getOrThrow())
            if (element.isClosed) {
                element.exceptionOrNull()?.let { throw it }
                break
            }
            Thread.onSpinWait()
        }
        assertEquals(COUNT, next)
    }

    @Test
    fun `a consumer of each gets all elements`() {
        var next = 0
        runBlocking {
            eachAhead(elements, 1, null, ForkJoinPool.commonPool()) { assertEquals(next++, it) }
        }
        assertEquals(COUNT, next)
    }

    private companion object {
        const val COUNT = 20_000
    }
}
