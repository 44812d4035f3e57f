package dev.muster.http

import dev.muster.error.ClientClosedException
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean

/** An HTTP exchange that its transport can close. */
public fun interface Abortable {
    /** Begins to close the exchange; does not wait for it. */
    public fun abort()
}

/**
 * The open exchanges of one [HttpTransport]: from the first byte sent until the connection is closed or back in the
 * pool. For authors of a transport, who get `openExchanges`, `close` and `awaitClosed` from here.
 */
public class OpenExchanges(
    /** Ends what the exchanges ran on; called once, when the last of them is closed. */
    private val onAllClosed: () -> Unit,
) {
    private val open = ConcurrentHashMap.newKeySet<Abortable>()
    private val ended = CountDownLatch(1)
    private val ending = AtomicBoolean()

    @Volatile
    private var closed = false

    /** The number of open exchanges. */
    public val count: Int get() = open.size

    /**
     * Adds [exchange] before it begins.
     *
     * @throws ClientClosedException after [close]
     */
    public fun add(exchange: Abortable) {
        open += exchange
        // Looked at after the exchange is in the set: either close() sees the exchange, or the exchange sees it.
        if (closed) {
            remove(exchange)
            throw ClientClosedException("The client is closed: calls need an open one")
        }
    }

    /** Removes [exchange] when its connection is closed or back in the pool. */
    public fun remove(exchange: Abortable) {
        open -= exchange
        if (closed) endIfEmpty()
    }

    /** Closes all exchanges and refuses further ones. Does not wait. */
    public fun close() {
        closed = true
        open.forEach { it.abort() }
        endIfEmpty()
    }

    /** Returns whether, after [close], the last exchange was closed within [timeout]. */
    public fun awaitClosed(timeout: Duration): Boolean = ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS)

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
