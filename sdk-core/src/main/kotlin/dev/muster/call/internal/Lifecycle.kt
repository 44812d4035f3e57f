package dev.muster.call.internal

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

/** Lets a call run only while its client is open. */
internal class WhileOpen<R, T>(private val life: Lifecycle) : Link<R, T> {
    override suspend fun run(call: RunningCall<R, T>, next: Int): T = life.run { call.proceed(next) }
}

/** Ends the calls of a client when it closes. [facade] is the name of the client's class in error messages. */
internal class Lifecycle(private val facade: String) : Life {
    // Completes when the client closes. Calls are not its children: they are children of their callers.
    private val closing = Job()

    private val running = AtomicInteger()

    // Set once: from then on new calls are rejected. Completes when the last running call has ended.
    @Volatile
    private var idle: CompletableFuture<Unit>? = null

    val isClosed: Boolean get() = idle != null || !closing.isActive

    /** Cancels all running calls and rejects new ones. Returns false if the client was closed before. */
    fun close(): Boolean = closing.complete()

    /** Rejects new calls and waits for the running ones, at most [limit]. Returns whether all have ended. */
    fun drain(limit: Duration): Boolean {
        val end = refuse()
        return try {
            end.get(limit.toMillis(), TimeUnit.MILLISECONDS)
            true
        } catch (_: TimeoutException) {
            false
        }
    }

    /** As [drain], but suspends. */
    suspend fun drain(limit: KotlinDuration): Boolean {
        // A copy: cancelling this caller must not affect others.
        val end = refuse().copy()
        return withTimeoutOrNull(limit) { end.await() } != null
    }

    /** Rejects new calls. Returns a future that completes when the last running call has ended. */
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
     * Runs [block], a call, while the client is open. If it is the first call of an operation, the whole operation
     * counts as running from now on: its further calls are not rejected while the client drains.
     *
     * @throws ClientClosedException if the client closes before [block] has ended
     */
    suspend fun <T> run(block: suspend () -> T): T {
        val around = currentOperation()
        // Counted before the check: the client waits for every call that it does not reject.
        joined()
        try {
            if (idle != null && around?.operation?.has(this) != true) throw closed(null)
            if (around?.isPart == true) around.operation.join(this)
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
                    // If the client was closed before, the call was cancelled just now and must not start.
                    ensureActive()
                    block()
                } finally {
                    registration.dispose()
                }
            }
        } catch (e: CancellationException) {
            // A caller that was cancelled too gets only its own cancellation.
            if (endedByClose && currentCoroutineContext().isActive) {
                throw closed(e)
            }
            throw e
        }
    }

    private fun closed(cause: Throwable?) =
        ClientClosedException("The client is closed: create a new $facade").apply { initCause(cause) }
}
