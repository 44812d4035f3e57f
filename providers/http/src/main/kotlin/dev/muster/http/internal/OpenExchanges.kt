package dev.muster.http.internal

import dev.muster.error.ClientClosedException
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean

/** What can be ended from outside. */
internal fun interface Abortable {
    /** Begins to close the exchange; does not wait for it. */
    fun abort()
}

/** The exchanges of one transport, from the first byte sent until their connection is closed or back in the pool. */
internal class OpenExchanges(
    /** Ends what the exchanges ran on; called once, when the last of them is closed. */
    private val onAllClosed: () -> Unit,
) {
    private val open = ConcurrentHashMap.newKeySet<Abortable>()
    private val ended = CountDownLatch(1)
    private val ending = AtomicBoolean()

    @Volatile
    private var closed = false

    val count: Int get() = open.size

    /** @throws ClientClosedException after [close] */
    fun add(exchange: Abortable) {
        open += exchange
        // Looked at after the exchange is in the set: either close() sees the exchange, or the exchange sees it.
        if (closed) {
            remove(exchange)
            throw ClientClosedException("The client is closed: calls need an open one")
        }
    }

    fun remove(exchange: Abortable) {
        open -= exchange
        if (closed) endIfEmpty()
    }

    fun close() {
        closed = true
        open.forEach { it.abort() }
        endIfEmpty()
    }

    fun awaitClosed(timeout: Duration): Boolean = ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS)

    private fun endIfEmpty() {
        if (open.isEmpty() && ending.compareAndSet(false, true)) {
            try {
                onAllClosed()
            } finally {
                ended.countDown()
            }
        }
    }
}
