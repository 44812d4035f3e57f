package dev.muster.internal

import dev.muster.error.ClientClosedException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.isActive
import kotlinx.coroutines.job

/** Ends the calls of a client with it. */
internal class Lifecycle {
    // Completes when the client closes. Calls are not its children: they belong to whoever made them.
    private val closing = Job()

    val isClosed: Boolean get() = !closing.isActive

    /** Cancels every call that runs and refuses new ones. Returns whether this call was the one that closed. */
    fun close(): Boolean = closing.complete()

    /**
     * Runs [block] for as long as the client is open.
     *
     * @throws ClientClosedException where it is closed before [block] is done
     */
    suspend fun <T> run(block: suspend CoroutineScope.() -> T): T {
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
                throw ClientClosedException("The client is closed: calls need an open MusterClient").initCause(e)
            }
            throw e
        }
    }
}
