package dev.muster.http.transport

import dev.muster.error.ClientClosedException
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean

/** An HTTP exchange that its transport can close. */
public fun interface Abortable {
    /** Starts to close the exchange. Does not wait. */
    public fun abort()
}

/**
 * Tracks the open exchanges of one [HttpTransport]. An exchange is open from its first byte sent until its connection
 * is closed or returned to the pool. For transport authors: implement `openExchanges`, `close` and `awaitClosed` with
 * it.
 */
public class OpenExchanges(
    /** Releases the resources of the transport. Called once, when the last exchange is closed. */
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
     * Adds [exchange]. Call it before the exchange starts.
     *
     * @throws ClientClosedException after [close]
     */
    public fun add(exchange: Abortable) {
        open += exchange
        // Checked after the exchange is in the set: either close() sees the exchange, or the exchange sees it.
        if (closed) {
            remove(exchange)
            throw ClientClosedException("The client is closed: create a new one")
        }
    }

    /** Removes [exchange]. Call it when its connection is closed or returned to the pool. */
    public fun remove(exchange: Abortable) {
        open -= exchange
        if (closed) endIfEmpty()
    }

    /** Closes all exchanges and refuses new ones. Does not wait. */
    public fun close() {
        closed = true
        open.forEach { it.abort() }
        endIfEmpty()
    }

    /** Waits until the last exchange is closed after [close]. Returns false if that takes longer than [timeout]. */
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
