package dev.muster.internal

import dev.muster.agent.internal.ClientLife
import dev.muster.agent.internal.currentTurn
import dev.muster.error.ClientClosedException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.future.await
import kotlinx.coroutines.isActive
import kotlinx.coroutines.job
import kotlinx.coroutines.withTimeoutOrNull
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration as KotlinDuration

/** Ends the calls of a client, which its user knows as a [facade], with it. */
internal class Lifecycle(private val facade: String) : ClientLife {
    // Completes when the client closes. Calls are not its children: they belong to whoever made them.
    private val closing = Job()

    private val running = AtomicInteger()

    // Set once: from then on new calls are refused, and it completes when no call runs any more.
    @Volatile
    private var idle: CompletableFuture<Unit>? = null

    val isClosed: Boolean get() = idle != null || !closing.isActive

    /** Cancels every call that runs and refuses new ones. Returns whether this call was the one that closed. */
    fun close(): Boolean = closing.complete()

    /** Refuses new calls and waits for those that run, [limit] at most. Returns whether all have ended. */
    fun drain(limit: Duration): Boolean {
        val end = refuse()
        return try {
            end.get(limit.toMillis(), TimeUnit.MILLISECONDS)
            true
        } catch (_: TimeoutException) {
            false
        }
    }

    /** [drain] for a coroutine. */
    suspend fun drain(limit: KotlinDuration): Boolean {
        // A copy: this caller's cancel is nobody else's.
        val end = refuse().copy()
        return withTimeoutOrNull(limit) { end.await() } != null
    }

    /** Refuses new calls, and gives what completes when none runs any more. */
    private fun refuse(): CompletableFuture<Unit> {
        val end = synchronized(this) { idle ?: CompletableFuture<Unit>().also { idle = it } }
        if (running.get() == 0) end.complete(Unit)
        return end
    }

    override fun joined() {
        running.incrementAndGet()
    }

    override fun left() {
        if (running.decrementAndGet() == 0) idle?.complete(Unit)
    }

    /**
     * Runs [block], a call, for as long as the client is open. Where it is the first of a turn the whole turn is one of
     * those that run: no further call of it is refused while they are waited for.
     *
     * @throws ClientClosedException where it is closed before [block] is done
     */
    suspend fun <T> run(block: suspend () -> T): T {
        val turn = currentTurn()
        // Counted before it looks: a call that is not refused is waited for.
        joined()
        try {
            if (idle != null && turn?.turn?.has(this) != true) throw closed(null)
            if (turn?.isPart == true) turn.turn.join(this)
            return whileOpen(block)
        } finally {
            left()
        }
    }

    override suspend fun <T> whileOpen(block: suspend () -> T): T {
        var endedByClose = false
        try {
            return coroutineScope {
                val call = coroutineContext.job
                val registration =
                    closing.invokeOnCompletion {
                        endedByClose = true
                        call.cancel(CancellationException("The client was closed"))
                    }
                try {
                    // A client closed before the call has cancelled it just now: nothing of it may start.
                    ensureActive()
                    block()
                } finally {
                    registration.dispose()
                }
            }
        } catch (e: CancellationException) {
            // A caller that was cancelled too is told so, and only so.
            if (endedByClose && currentCoroutineContext().isActive) {
                throw closed(e)
            }
            throw e
        }
    }

    private fun closed(cause: Throwable?) =
        ClientClosedException("The client is closed: calls need an open $facade").apply { initCause(cause) }
}
