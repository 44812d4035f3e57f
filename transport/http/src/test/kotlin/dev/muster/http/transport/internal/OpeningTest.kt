package dev.muster.http.transport.internal

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.EOFException
import java.io.IOException
import java.net.http.HttpConnectTimeoutException
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

class OpeningTest {
    private var now = 0L
    private val dead = IOException("HTTP/1.1 header parser received no bytes", EOFException())

    private fun opening(
        limit: Duration = Duration.ofDays(1),
        mayRepeat: Boolean = false,
        queue: Executor = Executor { it.run() },
        idle: Int = 1,
    ) = Opening(limit, mayRepeat, queue, AtomicInteger(idle)) { now }

    @Test
    fun `a connection that is open in the first task came from the pool, and may have been dead`() {
        val opening = opening()
        opening.starting()
        opening.opened()
        opening.started()
        assertTrue(opening.isReused)
        now += TimeUnit.MILLISECONDS.toNanos(249)
        assertEquals(RepeatableException::class.java, opening.explain(dead).javaClass)
    }

    @Test
    fun `a connection that ends after the server has had time to work was not dead`() {
        val opening = opening()
        opening.starting()
        opening.opened()
        opening.started()
        now += TimeUnit.MILLISECONDS.toNanos(250)
        assertSame(dead, opening.explain(dead))
    }

    @Test
    fun `a connection that was opened for the request was not dead`() {
        val opening = opening()
        opening.starting()
        opening.started()
        opening.opened()
        assertFalse(opening.isReused)
        assertSame(dead, opening.explain(dead))
        opening.over()
    }

    @Test
    fun `a connection that opens within the first task did not come from a pool that holds none`() {
        val opening = opening(idle = 0)
        opening.starting()
        opening.opened()
        opening.started()
        assertFalse(opening.isReused)
        assertSame(dead, opening.explain(dead))
    }

    @Test
    fun `a request is sent a second time only where an HTTP 2 server has not processed it`() {
        opening().run {
            opened()
            assertThrows(SentBeforeException::class.java) { opened() }
        }
        opening(mayRepeat = true).run {
            opened()
            opened()
        }
    }

    @Test
    fun `what is given up before its connection is open is not sent`() {
        val opening = opening()
        opening.over()
        assertThrows(IOException::class.java) { opening.opened() }
        assertFalse(opening.isOpen)
    }

    @Test
    fun `a limit that passes while the engine's own queue is behind is not the network's`() {
        val asked = LinkedBlockingQueue<Runnable>()
        val opening = opening(limit = Duration.ofMillis(1), queue = { asked += it })
        opening.starting()
        opening.started()
        val first = asked.take()
        now += TimeUnit.MILLISECONDS.toNanos(30)
        first.run()
        // The earlier tasks in the queue have finished meanwhile.
        opening.opened()
        assertTrue(opening.isOpen)
        val slow = opening(limit = Duration.ofMillis(1), queue = { asked += it })
        slow.starting()
        slow.started()
        asked.take().also { now += TimeUnit.MILLISECONDS.toNanos(30) }.run()
        // Asked again, and this time it runs at once.
        asked.take().run()
        assertThrows(HttpConnectTimeoutException::class.java) { slow.opened() }
    }

    @Test
    fun `what opens too late is not sent, and says that it was late`() {
        val late = CountDownLatch(1)
        val opening = opening(limit = Duration.ofMillis(1))
        opening.onLate = late::countDown
        opening.starting()
        opening.started()
        assertTrue(late.await(60, TimeUnit.SECONDS))
        assertThrows(HttpConnectTimeoutException::class.java) { opening.opened() }
        assertEquals(HttpConnectTimeoutException::class.java, opening.explain(dead).javaClass)
    }
}
