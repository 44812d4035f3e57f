package dev.muster.http.transport.internal

import java.io.IOException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import java.util.concurrent.TimeUnit

/** The HTTP/2 connection has as many open streams as its server allows. Nothing was sent. */
internal class NoStreamException(cause: IOException) : IOException(cause.message, cause)

/** Whether the JDK refuses to open another stream. */
internal fun isOutOfStreams(failure: IOException): Boolean =
    failure.message.orEmpty().contains("too many concurrent streams")

/**
 * The exchanges with one origin that wait for a stream of its HTTP/2 connection. The JDK does not queue them: it
 * fails them. A waiting exchange holds no thread.
 *
 * The JDK returns a stream a moment after its response has ended and does not signal it. So a released exchange
 * tries, and waits again if it fails. Each success releases the next one, and a timer releases one if nothing else
 * did.
 */
internal class StreamQueue(private val millis: Long = RETRY_MILLIS) {
    private val lock = Any()
    private val waiting = LinkedHashSet<CompletableFuture<Unit>>()
    private var ticking = false

    /** Whether exchanges are waiting: new ones must wait behind them. */
    val isCrowded: Boolean get() = synchronized(lock) { waiting.isNotEmpty() }

    /** Waits until it is worth trying. */
    suspend fun await() {
        val turn = CompletableFuture<Unit>()
        synchronized(lock) {
            waiting += turn
            tick()
        }
        var hasTurn = false
        try {
            turn.awaitShared()
            hasTurn = true
        } finally {
            // Released and cancelled at the same time: pass the turn on.
            if (!hasTurn && !synchronized(lock) { waiting.remove(turn) }) next()
        }
    }

    /** Releases the first waiting exchange. */
    fun next() {
        val first = synchronized(lock) { waiting.firstOrNull()?.also { waiting -= it } }
        first?.complete(Unit)
    }

    /** Releases all waiting exchanges. */
    fun all() {
        val all = synchronized(lock) { waiting.toList().also { waiting.clear() } }
        all.forEach { it.complete(Unit) }
    }

    private fun tick() {
        if (ticking) return
        ticking = true
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, HERE).execute {
            next()
            synchronized(lock) {
                ticking = false
                if (waiting.isNotEmpty()) tick()
            }
        }
    }

    private companion object {
        const val RETRY_MILLIS = 20L
        val HERE = Executor { it.run() }
    }
}
