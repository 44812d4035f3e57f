@file:OptIn(InternalForInheritanceCoroutinesApi::class)

package dev.muster.concurrent

import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import kotlinx.coroutines.InternalForInheritanceCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ChannelResult
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test

/** Tests the flow on which all operators are built. */
class CrewTest {
    /** Fails like a class path whose coroutines library lacks a method that the operator was compiled against. */
    private class Broken<E>(
        private val channel: Channel<E> = Channel(Channel.UNLIMITED),
        private val whenSending: Error? = null,
        private val whenClosing: Error? = null,
    ) : Channel<E> by channel {
        override fun close(cause: Throwable?): Boolean {
            whenClosing?.let { throw it }
            return channel.close(cause)
        }

        override fun trySend(element: E): ChannelResult<Unit> {
            whenSending?.let { throw it }
            return channel.trySend(element)
        }
    }

    private val error = NoSuchMethodError("injected")

    @Test
    fun `D4 where the end of the calls cannot be told the operator ends all the same`() = onVirtualTime {
        val calls =
            settled(listOf(1, 2).asFlow(), Window.unbounded(), { false }, results = { Broken(whenClosing = error) }) {
                delay(10)
                it
            }
        val thrown = runCatchingAll { withTimeout(1000) { calls.collect() } }
        assertSame(error, thrown.takeIf { it === error } ?: thrown.cause)
        assertNoLiveChild()
    }

    @Test
    fun `D4 where an ending cannot be told the operator ends, and so do the other calls`() = onVirtualTime {
        var cancelled = 0
        val calls =
            settled(listOf(1, 2).asFlow(), Window.unbounded(), { false }, results = { Broken(whenSending = error) }) {
                try {
                    if (it == 1) delay(10) else awaitCancellation()
                } finally {
                    cancelled++
                }
            }
        val thrown = runCatchingAll { withTimeout(1000) { calls.collect() } }
        assertSame(error, thrown.takeIf { it === error } ?: thrown.cause)
        assertEquals(2, cancelled)
        assertNoLiveChild()
    }

    @Test
    fun `D4 a source that throws an Error ends the operator with it`() = onVirtualTime {
        val source = kotlinx.coroutines.flow.flow<Int> {
            emit(1)
            throw error
        }
        val thrown = runCatchingAll { withTimeout(1000) { source.mapConcurrent(2) { awaitCancellation() }.toList() } }
        assertSame(error, thrown.takeIf { it === error } ?: thrown.cause)
        assertNoLiveChild()
    }
}
