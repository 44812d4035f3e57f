package dev.muster.http.internal

import java.io.IOException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import java.util.concurrent.TimeUnit

/** The HTTP/2 connection has as many streams as its server allows; nothing was sent. */
internal class NoStreamException(cause: IOException) : IOException(cause.message, cause)

/** Whether the JDK refuses to begin a further stream. */
internal fun isOutOfStreams(failure: IOException): Boolean =
    failure.message.orEmpty().contains("too many concurrent streams")

/**
 * The exchanges with one origin that wait for a stream of its HTTP/2 connection, which the JDK does not do: it fails
 * them. A waiting exchange holds no thread.
 *
 * The JDK gives a stream back a moment after its answer has ended, and does not say when. So whoever is let go tries,
 * and waits again where it fails; each that succeeds lets the next one go, and a timer begins anew where nobody did.
 */
internal class StreamQueue(private val millis: Long = RETRY_MILLIS) {
    private val lock = Any()
    private val waiting = LinkedHashSet<CompletableFuture<Unit>>()
    private var ticking = false

    /** Whether somebody waits, behind whom others have to wait, too. */
    val isCrowded: Boolean get() = synchronized(lock) { waiting.isNotEmpty() }

    /** Returns when it is worth a try. */
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
            // Let go and cancelled at the same time: the turn is somebody else's.
            if (!hasTurn && !synchronized(lock) { waiting.remove(turn) }) next()
        }
    }

    /** Lets the first go. */
    fun next() {
        val first = synchronized(lock) { waiting.firstOrNull()?.also { waiting -= it } }
        first?.complete(Unit)
    }

    /** Lets all go. */
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
